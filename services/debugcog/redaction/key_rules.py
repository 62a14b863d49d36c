"""Names of secrets (``password``, ``api_key``), by the words that they are made of: one row each.

A name is split at ``_``, ``-``, ``.`` and at capitals (``dbPassword``), in any case; only whole
words count, so ``compass``, ``author`` and ``active_sessions`` name no secret. To add a word, add
it to a row, or add a row: examples of what is hidden and of what stays are its tests. ``{b62:14}``
stands for 14 random letters and digits (``ALPHABETS`` in ``tests/secret_samples.py``).
"""

from __future__ import annotations

from services.debugcog.redaction.code_rules import CODE_RULES
from services.debugcog.redaction.compound_rules import COMPOUND_RULES
from services.debugcog.redaction.foreign import FOREIGN_RULES
from services.debugcog.redaction.key_rule import SURE, KeyRule
from services.debugcog.redaction.login_rules import LOGIN_RULES

KEY_RULES: tuple[KeyRule, ...] = (
    KeyRule(
        "pass",
        (
            *("pass", "password", "passwords", "passwd", "passphrase", "passcode"),
            *("passwort", "userpass", "dbpass", "botpass", "rootpass", "adminpass", "authpass"),
            *(
                "mysqlpass",
                "mailpass",
                "smtppass",
                "rconpass",
                "lavalinkpass",
                "motdepasse",
                "passe",
                "pgpass",
                "keypass",
                "storepass",
                "requirepass",
            ),
        ),
        SURE,
        (
            *("VIP_DB_PASS={b62:14}", "guild_pass={b62:24}", "vip pass: {b62:24}"),
            *("db_pass={b62:14}", "LAVALINK_PASS={b62:14}", "passphrase='{b62:20}'"),
            *("{'user': 'bot', 'pass': '{b62:14}'}", "?user=bot&pass={b62:14}&x=1"),
            *("PGPASSWORD={b62:12}", "dbPassword: {b62:12}", "password={dec:8}"),
            *('{"name": "DB_PASSWORD", "value": "{b62:12}"}', "mot_de_passe={b62:14}"),
            *("Incorrect password '{b62:14}' for mia", "login failed with password {b62:14}"),
            *(
                "rootpass={b62:12}",
                "LAVALINKPASS: {b62:12}",
                "requirepass={b62:20}",
                "CONFIG SET requirepass {b62:20}",
                "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff1d{b62:12}",
            ),
            *("**Password:** {b62:16}", "**Token**: `{b62:16}`", "__Password__: ||{b62:16}||"),
            *("password for mia is hunter2{b62:8}", "password of user mia: hunter2{b62:8}"),
        ),
        (
            *("compass=north-west, bypass: enabled-for-mods", "password_changed_at=2026-01-01"),
            *("password: 8-64 characters", "password: contains spaces", "secret: (72 chars)"),
            *("password: 3 attempts left", "password: must be at least 8 characters"),
            *("**Password:** required", "**Tokens**: 1847", "pass **kwargs to it"),
            *("password=None", "first_pass=True", "pass: 12 of 14 tests", "password: required"),
            *("password for mia is required", "the password of a user is never shown"),
            *("no token provided for this request", "password given to the user: none at all"),
            *("password_hasher=PBKDF2PasswordHasher", "password_regex: ^.{8,64}$"),
            *("low_pass={'smoothing': 20.0}", "battle pass: level 42", "vip_pass: gold-tier"),
            *("password=${DB_PASSWORD}", "password: ${{ secrets.DB_PASSWORD }}", "password: ✅"),
            *("Pass `drain=True, auto_stop=False` to stop", "pass `n=5` to it", "token=`None`"),
            *("password=SecretStr('**********'), n=1", "password: SecretStr", "password: abc***"),
            *("password_file=/run/secrets/db_password", "password='***'", "password={password}"),
        ),
    ),
    KeyRule(
        "pw",
        ("pwd", "pw"),
        SURE,
        (
            "DB_PW={b62:12}",
            "MYSQL_PWD={b62:12}",
            "Server=x;Uid=bot;Pwd={b62:12};Database=y",
            "dbpwd={b62:12}",
            "DRIVER={ODBC Driver 18 for SQL Server};UID=bot;PWD={{b62:14}};Encrypt=yes",
        ),
        (
            "PWD=/srv/bots/mine",
            "pwd: /home/mia",
            "Pwd={db_password};Uid=bot",
            "pwd={config.db_pwd!r}",
        ),
    ),
    KeyRule(
        "secret",
        ("secret", "secrets", "clientsecret", "appsecret", "sharedsecret"),
        SURE,
        ("client-secret: {b62:32}", "SECRET={b62:12}", "SECRET_KEY_BASE={hex:64}"),
        (
            "can't find secret: arn:aws:secretsmanager:us-east-1:123456789012:secret:p/bot-Xy12Zz",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:bot/token-AbCdEf because",
            "secrets:\n  - db_password\n  - certificate\nservices: 2",
            "secret: projects/my-bot/secrets/discord-token/versions/latest",
            "secret_santa: 5 members",
            "secret=missing",
            "secretary=mia-miller-from-accounting",
        ),
    ),
    KeyRule(
        "token",
        ("token", "tokens", "tokenvalue", "authtoken", "accesstoken", "refreshtoken"),
        SURE,
        (
            *(
                "bot_token={b62:20}",
                "accessToken: {b62:20}",
                "TOKENS={b62:12}",
                "xsrf-token={b62:9}",
            ),
            *("SYNC_BOT_TOKEN={b62:14}", "__Secure-next-auth.session-token={b62:20}"),
            *("--token {b62:12} --debug", "csrfmiddlewaretoken={b62:12}", "tokens_input={b62:12}"),
            *('could not parse token "{b62:24}"', "Token {b62:40} is not valid"),
            'unrecognized token: "\'{b62:24}"',
            *("SecretToken('{b62:16}')", "Key (token)=({b62:12}) exists"),
            *("token is {b62:40}", "access-token {b62:40}", "| token    | {b62:40} |"),
            *("invalid token provided: {b62:32}",),
            "tokens: ['{b62:20}', '{b62:20}']",
            *("tokens:\n- {b62:20}\n- {b62:20}\n", "tokens:\n  - '{b62:20}'\nprefix: x"),
            "tokens.0\n  Input is bad [type=int_parsing, input_value='{b62:16}', input_type=str]",
            *("the token was: {b62:40}", "token\t{b62:40}", "'token' -> '{b62:40}'"),
        ),
        (
            *("tokens_input=5 tokens_output=17 max_tokens=4096 token_count: 3", "  Tokens: 1847"),
            *("tokens: 57+17=74", "avg_tokens=12.5±3.1", "tokens: 5k-10k", "total_tokens=1.2k/4k"),
            *("token: cached (expires in 3599s)", "token: rate limited until 10:00"),
            *("token_limit=4096", "max_token_length: 4096", "the token expired", "token=expired"),
            *("the token is invalid", "token | who may use it", "token = await login(session)"),
            *("tokens=['un', 'believ', 'able']", "tokens=['I', \"'m\", 'fine']"),
            *("tokens=['roll', '2d6', '+', '3']", "tokens:\n- hello\n- world\n"),
            *("tokens: ['hello', 'world', '!']", "tokens=['<|end|>', '##ing', '▁the']"),
            "usage: bot.py --token <TOKEN>",
            "tokens_details=[Count(modality=<Modality.TEXT: 'TEXT'>, token_count=57)]",
            *("prompt_tokens_details=PromptTokensDetails(audio_tokens=0, cached_tokens=0)",),
            *(
                "token: <discord.Token object at 0x7f8b9b4b>",
                "tokens=[1, 2, 3]",
                "tokens=[1, 15, 2, 7, 9, 4, 3, 8, 30, 42, 55, 6, 71, 88, 90, 12]",
                "token=[1, 1544, 272, 7, 9, 4, 3, 8, 30, 42, 55, 6, 71, 88, 90, 12]",
                "eos_token='</s>'",
            ),
            *("the token bucket-of-the-guild is full", "token 81384788765712384 of 5"),
            *("Large context: 4200 tokens (recommended < 2500)", "token_type=bearer, n=1"),
            *(
                "Token refreshed: expires in 3600 s",
                "get_token('discord')",
                "InvalidToken: bad pad",
            ),
            *("token_class=AccessTokenV2", "token_format: JWT-RS256", "next_page_token={b62:24}"),
            *("token_regex=[A-Za-z0-9_-]{24}", "nextSyncToken: {b62:24}"),
            *("UPDATE a SET token=?, b=?", "SET token=$1 WHERE id=$2", "token=:token", "token=MT…"),
            *("Tokens: prompt 1843, completion 512", "tokens: in=1843 out=512"),
            *("continuation_token={b62:60}", "next_page_token: CAUQAA", "auth=AuthType.OAUTH2"),
            *("Pass `max_new_tokens=512` to it", "sig == signal.SIGTERM"),
            "UnexpectedToken: Unexpected token Token('RPAR', ')') at line 1",
            *(
                'unrecognized token: "\'mia"',
                'unrecognized token: "12abc"',
                "unexpected token: '}'",
            ),
        ),
    ),
    KeyRule(
        "cred",
        ("cred", "creds", "credential", "credentials"),
        SURE,
        ("credential={b62:12}", "aws_credentials: {b62:20}"),
        (
            *("credentials: missing", "credits=12, sacred=cow-of-the-server", "credits: 250 left"),
            'creds = f"{login}:{password}".encode(encoding)',
        ),
    ),
    KeyRule(
        "key",
        (
            *("apikey", "apikeys", "accesskey", "privatekey", "secretkey", "authkey", "passkey"),
            *("secretaccesskey", "privkey", "masterkey"),
        ),
        SURE,
        (
            *("OPENAI_API_KEY={b62:20}", "api key: {b62:12}", "'apiKey': '{b62:9}'"),
            *("private_key={b62:9}", "aws_access_key = {b62:9}", "x-api-key: {b62:20}"),
            *("privkey={b62:12}", "priv_key: {b62:12}"),
            *("Incorrect API key provided: {b62:32}. See", "Invalid API key format: {b62:40}"),
            '<string name="api_key">{b62:20}</string>',
        ),
        (
            "api_key=None",
            "api_key_header='X-API-Key'",
            "api key: not set",
            "api_key: quota 5/100",
            "api_keys=3",
            "private_key_path=~/.ssh/id_ed25519",
        ),
    ),
    KeyRule(
        "key",
        (),  # any other name that ends in "key", but for those in PUBLIC_KEYS
        12,
        (
            *("ENCRYPTION_KEY={b62:44}", "signing_key='{b62:44}'", "stream_key={b62:24}"),
            *("AccountName=bot;AccountKey={b64:86}==;EndpointSuffix=x", "STEAM_KEY={up16:32}"),
            'dup key: { access_token: "{b62:24}" }',
            *("{'Ocp-Apim-Subscription-Key': '{hex:32}'}", "GET /v1/items?key={b62:24}&page=2"),
            *(
                "SESSION_SECRET_KEY={b62:40}",
                "GOOGLE_SEARCH_API_KEY={b62:39}",
                "search api key: {b62:40}",
            ),
            *(
                "CACHE_ENCRYPTION_KEY={b62:44}",
                "queueAccountKey={b64:86}==",
                "HOT_WALLET_PRIVATE_KEY={hex:64}",
            ),
            *("LASTFM_SESSION_KEY={hex:32}", "{'name': 'mia', 'session_key': '{b62:32}'}"),
        ),
        (
            *("monkey=banana-eating-monkey", "primary_key=user_id", "sort_key: created_at"),
            *("cache_key={hex:32}", "key=value", "KeyError: '{hex:32}'", "key_id={hex:20}"),
            *("public_key={b64:43}=", "idempotency_key={hex:32}", "routing_key=guild.81384788.ban"),
            *("public key: {hex:64}", "Cache key: {hex:32}", "partition key: {uuid:1}"),
            *("rate key=rl:81384788765712384:60", "LastEvaluatedKey={'id': {'S': '{uuid:1}'}}"),
            *(
                'dup key: { email: "mia2026@example.com" }',
                "dup key: { _id: ObjectId('{hex:24}') }",
            ),
            *("verify_key={hex:64}", "Key: avatars/81384788765712384/{hex:32}.png"),
            *("stream_key=guild:81384788765712384:voice", "hotkey=Ctrl+Shift+KeyboardInterrupt"),
        ),
    ),
    KeyRule(
        "dsn",
        ("dsn",),
        SURE,
        ("sentry_dsn=https://{hex:32}@o1.ingest.sentry.io/2", "dsn: {b62:12}"),
        ("dsn=None", "dsn: not set", "wednsday=3"),
    ),
    KeyRule(
        "hook",
        ("webhook", "webhookurl", "hook"),
        8,
        ("webhook={b62:12}", "webhook_url=https://x.example/{b62:20}"),
        (
            *("webhooks=5 deleted", "webhook: 81384788765712384 deleted", "webhook=announcements"),
            "webhook_url=https://example.com/hooks/main",
        ),
    ),
    KeyRule(
        "sig",
        ("signature", "sig", "hmac"),
        8,
        ("signature={hex:64}", "X-Amz-Signature={hex:64}", "https://x.example/?sig={b62:24} late"),
        (
            *("TypeError: bad signature: (self, ctx, *, arg=None)", "design=flat, signal: SIGTERM"),
            *("ExpiredSignatureError: Signature has expired", "signature: valid for 5 min"),
        ),
    ),
    KeyRule(
        "string",
        ("connectionstring", "connstring", "databasestring"),
        SURE,
        ("connection string: Server=x;Pwd={b62:9}", "ConnectionString={b62:12}"),
        ("connection string: not set", "string=hello-to-everybody", "strings: 12"),
    ),
    KeyRule(
        "sid",
        ("sid",),
        8,
        ("sid={b62:20}", "connect.sid: {b62:32}"),
        ("side=left-of-the-server", "inside: everything-is-fine", "sid=12", "sids=3"),
    ),
    KeyRule(
        "appid",
        ("appid",),
        16,
        (
            "HTTPError: 401 for url: https://api.example.org/weather?zip=90210,us&appid={hex:32}",
            "url='https://api.example.org/weather?q=Bern&APPID={hex:32}&n=1'",
            *("https://x.example/?ts=1&hash={hex:32}", "https://x.example/?app_code={b62:22}"),
            *("https://x.example/v1?license={b62:32}", "https://x.example/cb?code={b62:30}&a=1"),
        ),
        (
            "https://x.example/?code=404&hash=a1b2c3d4",
            "appid=440",
            "application_id=81384788765712384",
            "apps: 12",
            "app=my-application",
        ),
    ),
    *LOGIN_RULES,
    *CODE_RULES,
    *COMPOUND_RULES,
    *FOREIGN_RULES,
)
