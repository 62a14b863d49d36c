"""Tokens that are known by their own shape, whose they are, and their documentation: one row each.

To add one, add a row: what follows its first letters, where its maker writes of it, and examples.
``hides`` are texts of which nothing random may be left, ``stays`` texts that are not changed; both
are the row's tests. ``{b62:36}`` stands for 36 random letters and digits, and so on (``ALPHABETS``
in ``tests/secret_samples.py``), so that no example is a token that somebody's scanner stops at.

A token is looked for only from a run of 16 characters or more (``[A-Za-z0-9_-]``) on that is no
word (``tokens.py``): a pattern needs no look at what is around it, and has to be linear.
"""

from __future__ import annotations

from services.debugcog.redaction.service_tokens import SERVICE_TOKENS
from services.debugcog.redaction.token_rule import TokenRule

TOKEN_RULES = (
    TokenRule(
        "Discord bot",
        r"[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{25,45}",
        "https://discord.com/developers/docs/reference#authentication",
        ("login with M{url:23}.{url:6}.{url:38} failed", "'N{url:25}.{url:6}.{url:27}'"),
        ("NotASecretButAClass.method.and_one_more_name_that_is_long_too",),
    ),
    TokenRule(
        "Discord user with two factors",
        r"mfa\.[\w-]{20,}",
        "https://discord.com/developers/docs/reference#authentication",
        ("got mfa.{url:84} back",),
        ("mfa.required_for_this_action",),
    ),
    TokenRule(
        "Discord interaction",
        r"aW50ZXJhY3Rpb24[\w-]{8,}",
        "https://discord.com/developers/docs/interactions/receiving-and-responding",
        ("no answer to aW50ZXJhY3Rpb246{url:180}",),
    ),
    TokenRule(
        "JWT (Supabase, top.gg, Steam, …)",
        r"ey[AJ][\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",
        "https://datatracker.ietf.org/doc/html/rfc7519#section-3.1",
        (
            "jwt eyJ{url:33}.eyJ{url:60}.{url:43} expired",
            "eyJ{url:33}.eyJ{url:60}.",
            "eyA{url:60}.eyA{url:99}.{url:60}",
        ),
    ),
    TokenRule(
        "OpenAI, Anthropic, OpenRouter, DeepSeek",
        r"sk-[\w-]{16,}",
        "https://platform.openai.com/docs/api-reference/authentication",
        (
            *("Incorrect key provided: sk-{b62:48}.", "sk-proj-{url:120}", "sk-svcacct-{url:60}"),
            *("x-api-key sk-ant-api03-{url:93}AA", "sk-or-v1-{hex:64}", "asked with sk-{hex:32}"),
        ),
        ("loaded sk-learn-model-v2-classifier", "task-manager-with-a-very-long-name"),
    ),
    TokenRule(
        "Hugging Face",
        r"(?:hf|api_org)_[A-Za-z\d]{20,}",
        "https://huggingface.co/docs/hub/security-tokens",
        ("HfApi(hf_{b62:34})", "api_org_{b62:34}"),
        ("hf_hub_download_with_progress", "hf_transfer_is_not_installed"),
    ),
    TokenRule(
        "Groq",
        r"gsk_[A-Za-z\d]{20,}",
        "https://console.groq.com/docs/api-reference",
        ("groq rejected gsk_{b62:52}",),
    ),
    TokenRule(
        "Google API key",
        r"AIza[\w-]{30,}|AQ\.[\w-]{40,}",
        "https://cloud.google.com/docs/authentication/api-keys",
        ("/maps?x=AIza{url:35}", "API key not valid: AIza{url:35}", "gemini: AQ.{url:50}"),
    ),
    TokenRule(
        "Google OAuth",
        r"(?:GOCSPX-|ya29\.|1//0)[\w-]{20,}",
        "https://developers.google.com/identity/protocols/oauth2",
        ("oauth GOCSPX-{url:28}", "ya29.{url:120} expired", "refresh 1//0{url:60}"),
    ),
    TokenRule(
        "AWS access key",
        r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z\d]{16}(?![A-Z\d])",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
        ("id 'AKIA{b32:16}'", "ASIA{b32:16} is not authorised"),
        ("ASIATISCHEREPUBLIKENUNDLAENDER",),
    ),
    TokenRule(
        "Azure client secret",
        r"[A-Za-z\d_.-]{3}\dQ~[\w.~-]{31,34}",
        "https://learn.microsoft.com/entra/identity-platform/howto-create-service-principal-portal",
        ("AADSTS7000215: {b62:3}8Q~{b62:34}",),
    ),
    TokenRule(
        "GitHub",
        r"gh[pousr]_[A-Za-z\d]{16,}|github_pat_\w{16,}",
        "https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github",
        (
            *("ghp_{b62:36}", "ghs_{b62:36} has no access", "('gho_{b62:36}',)", "ghu_{b62:36}"),
            "use github_pat_{b62:22}_{b62:59} here",
        ),
        ("ghost_in_the_machine_is_here", "github_pat_is_not_set_anywhere"),
    ),
    TokenRule(
        "GitLab",
        r"gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct)-[\w.-]{18,}",
        "https://docs.gitlab.com/security/tokens/#token-prefixes",
        ("git fetch failed for glpat-{url:20}", "glrt-{url:20}", "gldt-{url:20}", "glptt-{hex:40}"),
    ),
    TokenRule(
        "Slack",
        r"xox[a-z]-[\w-]{10,}|xapp-\d-[\w-]{10,}|xoxe\.xox[a-z]-\d-[\w-]{20,}",
        "https://docs.slack.dev/authentication/tokens",
        (
            *("xoxb-{dec:12}-{dec:12}-{b62:24}", "xapp-1-A0B1C2D3E-{dec:12}-{hex:64}"),
            *("xoxp-{dec:11}-{dec:11}-{hex:32}", "xoxe.xoxp-1-{b62:146}"),
        ),
    ),
    TokenRule(
        "Telegram bot",
        r"(?:bot)?\d{8,10}(?::|%3[Aa])[\w-]{34,36}(?![\w-])",
        "https://core.telegram.org/bots/api#authorizing-your-bot",
        (
            'HTTP Request: POST https://api.telegram.org/bot{dec:10}:AA{url:33}/sendMessage "200"',
            "Unauthorized: {dec:9}:AA{url:33}",
            "url=https%3A%2F%2Fapi.telegram.org%2Fbot{dec:10}%3AAA{url:33}%2FgetMe",
        ),
        ("robot1234567:ready_to_serve_everybody_who_asks_it",),
    ),
    TokenRule(
        "Stripe",
        r"(?:[srp]k|rk)_(?:org_)?(?:live|test)_\w{10,}|whsec_[\w+/=]{20,}",
        "https://docs.stripe.com/keys",
        (
            "No such price for sk_test_{b62:24}",
            "rk_live_{b62:99}",
            "webhook whsec_{b62:32}",
            "sk_org_live_{b62:40}",
        ),
        ("sk_test_only_for_documentation",),
    ),
    TokenRule(
        "Twilio",
        r"SK[\da-f]{32}(?![\da-f])",
        "https://www.twilio.com/docs/iam/api-keys",
        ("twilio rejected SK{hex:32}",),
    ),
    TokenRule(
        "SendGrid",
        r"SG\.[\w-]{16,}\.[\w-]{16,}",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
        ("mailer got SG.{url:22}.{url:43}",),
    ),
    TokenRule(
        "Mailgun",
        r"(?:priv|pub)?key-[\da-f]{32}|[\da-f]{32}-[\da-f]{8}-[\da-f]{8}(?![\w-])",
        "https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/rbac-mgmt",
        ("mailgun: key-{hex:32}", "api:{hex:32}-{hex:8}-{hex:8}"),
        ("foreign-key-constraint-violated",),
    ),
    TokenRule(
        "Mailchimp",
        r"[\da-f]{32}-us\d{1,2}(?![\w-])",
        "https://mailchimp.com/help/about-api-keys/",
        ("list not found for {hex:32}-us14",),
        ("9f86d081884c7d659a2feaa0c55ad015-use1-az4",),
    ),
    TokenRule(
        "Brevo",
        r"x(?:keysib|smtpsib)-[\da-f]{32,}(?:-\w+)?",
        "https://developers.brevo.com/docs/getting-started",
        ("xkeysib-{hex:64}-{b62:16}",),
    ),
    TokenRule(
        "DigitalOcean",
        r"do[opr]_v1_[\da-f]{32,}",
        "https://docs.digitalocean.com/reference/api/create-personal-access-token/",
        ("doctl: dop_v1_{hex:64}", "doo_v1_{hex:64}"),
    ),
    TokenRule(
        "npm",
        r"npm_[A-Za-z\d]{20,}",
        "https://docs.npmjs.com/about-access-tokens",
        ("npm ERR! 401 npm_{b62:36}",),
        ("npm_config_user_agent_is_unknown",),
    ),
    TokenRule(
        "PyPI",
        r"pypi-Ag[\w-]{16,}",
        "https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns",
        ("twine: pypi-AgEIcHlwaS5vcmc{url:140}",),
        ("pypi-mirror-of-the-company",),
    ),
    TokenRule(
        "other AI services (xAI, Perplexity, NVIDIA, ElevenLabs, Pinecone, Replicate, …)",
        r"(?:xai|pplx|nvapi|csk|tvly)-[\w-]{20,}|(?:fw|tgp_v1|pcsk)_[\w-]{20,}|sk_[\da-f]{40,}"
        r"|lsv2_\w{2}_[\da-f]{32}_[\da-f]{8,}|r8_[A-Za-z\d]{20,}",
        "https://docs.x.ai/docs/overview",
        (
            *("xai-{b62:80}", "pplx-{b62:48}", "nvapi-{url:64}", "csk-{b62:48}", "tgp_v1_{url:43}"),
            *("voice: sk_{hex:48}", "tvly-{b62:32}", "pcsk_{b62:70}", "lsv2_pt_{hex:32}_{hex:10}"),
            "replicate r8_{b62:37}",
        ),
        ("xai-is-a-company-like-any-other",),
    ),
    TokenRule(
        "DeepL",
        r"[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}:fx",
        "https://developers.deepl.com/docs/getting-started/auth",
        ("DeepL refused {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}:fx",),
        ("request f81d4fae-7dec-11d0-a765-00a0c91e6bf6:2",),
    ),
    TokenRule(
        "Riot Games, Roblox",
        r"RGAPI-[\da-f-]{30,}|_[A-Z\d]{200,}|(?<=\|)_[\w.-]{200,}",
        "https://developer.riotgames.com/docs/portal",
        (
            *("403 for RGAPI-{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", "SHARE-THIS|_{up16:600}"),
            *("-and-items.|_CAEaAhADIhsKBGR1aWQSEz{url:600}", "-items.|_CAEaAhAB.{up16:700}"),
        ),
    ),
    TokenRule(
        "Twitch",
        r"oauth:[a-z\d]{25,}",
        "https://dev.twitch.tv/docs/irc/authenticate-bot/",
        ("PASS oauth:{low:30}",),
        ("oauth:authorization-code-grant-with-pkce",),
    ),
    TokenRule(
        "Shopify, Square",
        r"shp(?:at|ca|pa|ss|ua)_[\da-f]{32}|sq0[a-z]{3}-[\w-]{20,}|EAAA[\w-]{50,}",
        "https://shopify.dev/docs/apps/build/authentication-authorization",
        ("shpat_{hex:32}", "sq0atp-{url:22}", "EAAAE{url:59}"),
    ),
    TokenRule(
        "Notion, Linear, Airtable, Figma, Postman",
        r"ntn_\w{30,}|secret_[A-Za-z\d]{40,}|lin_(?:api|oauth)_\w{30,}|figd_[\w-]{30,}"
        r"|pat[A-Za-z\d]{14}\.[\da-f]{64}|PMAK-[\da-f]{24}-[\da-f]{34}",
        "https://developers.notion.com/reference/authentication",
        (
            *("ntn_{b62:46}", "secret_{b62:43}", "lin_api_{b62:40}", "figd_{url:40}"),
            *("pat{b62:14}.{hex:64} was refused", "PMAK-{hex:24}-{hex:34}"),
        ),
        ("secret_santa_of_the_whole_server",),
    ),
    TokenRule(
        "Heroku, HubSpot, RubyGems, age",
        r"HRKU-[\w-]{30,}|pat-[a-z]{2}\d-[\da-f-]{30,}|rubygems_[\da-f]{40,}|AGE-SECRET-KEY-1\w{50,}",
        "https://devcenter.heroku.com/articles/platform-api-quickstart",
        ("HRKU-{url:60}", "pat-na1-{hex:36}", "rubygems_{hex:48}", "AGE-SECRET-KEY-1{b32:58}"),
    ),
    TokenRule(
        "Atlassian, Databricks, Dropbox",
        r"ATATT3[\w=-]{20,}|dapi[\da-f]{32}|sl\.(?:u\.)?[\w-]{60,}",
        "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/",
        ("ATATT3xFfGF0{url:170}", "dapi{hex:32}", "sl.{url:130}"),
    ),
    TokenRule(
        "Docker Hub, Vault, Doppler, Terraform",
        r"dckr_(?:pat|oat)_[\w-]{20,}|hv[sbr]\.[\w-]{20,}|dp\.[a-z]{2,6}\.(?:[a-z\d_-]{2,35}\.)?[\w-]{30,}"
        r"|[A-Za-z\d]{14}\.atlasv1\.[\w-]{50,}",
        "https://docs.docker.com/security/access-tokens/",
        (
            "dckr_pat_{url:27}",
            "hvs.{url:95}",
            "dp.st.{b62:43}",
            "dp.st.prd.{b62:43}",
            "{b62:14}.atlasv1.{url:67}",
        ),
    ),
    TokenRule(
        "Grafana, Sentry, New Relic",
        r"gl(?:sa|c)_[\w=-]{30,}|sntry[us]_[\w=+/-]{30,}|NRAK-[A-Z\d]{20,}|[\da-fA-Fu]{36}NRAL(?!\w)",
        "https://grafana.com/docs/grafana/latest/administration/service-accounts/",
        ("glsa_{b62:32}_{hex:8}", "sntryu_{hex:64}", "NRAK-{b32:27}", "{hex:36}NRAL"),
    ),
    TokenRule(
        "Supabase, PlanetScale, Neon, Tailscale",
        r"sb[ps]_[\da-f]{40}|sb_secret_[\w-]{20,}|pscale_\w{2,5}_[\w-]{30,}|napi_\w{40,}"
        r"|tskey-[a-z]+-[\w-]{20,}",
        "https://supabase.com/docs/guides/api/api-keys",
        (
            "sbp_{hex:40}",
            "sb_secret_{url:31}",
            "pscale_pw_{url:43}",
            "tskey-auth-{b62:17}-{b62:32}",
        ),
    ),
    *SERVICE_TOKENS,
)
