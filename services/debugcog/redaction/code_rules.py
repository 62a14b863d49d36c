"""Names of what is typed in by hand: codes, PINs, and the words that restore a wallet."""

from __future__ import annotations

from services.debugcog.redaction.key_rule import FIGURES, PHRASE, SURE, WRITTEN, KeyRule

KINDS = ("auth", "recovery", "backup", "verification", "fa", "mfa", "security", "login", "pin")
"""Whose codes are secret; "2fa" has no letter in front."""

CODE_RULES = (
    KeyRule(
        "otp",
        ("otp", "totp", "onetimepassword"),
        SURE,
        ("otp={dec:6}", "TOTP: {b32:16}", "otp='{b62:9}'"),
        ("otp: 6 digits", "footprint=12.5 MB", "hotplug=usb-stick-of-the-server", "otp: expired"),
    ),
    KeyRule(
        "code",
        (*(f"{kind}code{end}" for kind in KINDS for end in ("", "s")),),
        SURE,
        (
            *("recovery_code={hex:5}-{hex:5}", "recovery code: {b62:10}", "recovery_code={dec:8}"),
            *("recovery_codes=['{hex:9}', '{hex:9}']", "backup_code={b62:9}", "2fa_code={dec:6}"),
            *("the verification code is {dec:6}", "loginCode: '{b62:9}'"),
            "authcode={b62:9}",
            "auth_code: {b62:12}",
            "auth_code={dec:6}",
        ),
        (
            *(
                "recovery_codes=8",
                "recovery_code: invalid",
                "status_code=2000",
                "error code: 50013",
            ),
            *("code={b62:12}", "barcode=4006381333931", "Unicode: 123456"),
            *("authcode_count=3", "auth_code=None", "auth_code_ttl=300", "auth code: expired"),
        ),
    ),
    KeyRule(
        "code",
        ("codeverifier",),
        8,
        ("grant_type=authorization_code&code_verifier={b62:64}", "'code_verifier': '{url:43}'"),
        ("code_verifier=None", "code_challenge={b62:43}", "code_verifier: does not match"),
    ),
    KeyRule(
        "phrase",
        ("recoveryphrase", "backupphrase", "walletphrase", "mnemonicphrase"),
        WRITTEN,
        (*("recovery_phrase='{bip:12}'", "secret recovery phrase: {bip:12}"),),
        ("recovery phrase: must have 12 words", "phrase={b62:12}", "search_phrase=what-is-this"),
    ),
    KeyRule(
        "mnemonic",
        ("mnemonic", "mnemonics"),
        WRITTEN,
        (
            *("mnemonic={bip:12}", "mnemonic: '{bip:24}'", '{"mnemonic": "{bip:15}", "n": 1}'),
            "MNEMONIC={bip:12} in .env",
        ),
        ("mnemonic=None", "mnemonic: invalid checksum", "mnemonic: 12 words"),
    ),
    KeyRule(
        "seed",
        ("seed", "seedphrase", "seedwords", "walletseed"),
        PHRASE,
        (
            *("seed_phrase={bip:12}", "wallet_seed='{bip:18}'", "seed phrase: {bip:24}"),
            "seed={hex:64}",
        ),
        (
            *("seed=42", "seed: 1847362518", "seed=hello-from-the-other-side", "seeded: 5 rows"),
            "seed: the numbers come from it, and it is written to the log of every game",
        ),
    ),
    KeyRule(
        "pin",
        ("pin",),
        FIGURES,
        ("pin={dec:4}", "PIN: {dec:6}", "user_pin='{dec:4}'", "PIN={dec:8}"),
        (
            *("pin=true", "pinned=1234 messages", "pins=3", "spin=1234", "pin=17", "pin: failed"),
            *("pin=81384788765712384", "ping=1234", "pinned: 5000"),
        ),
    ),
)
