"""More rows of ``TOKEN_RULES``: social media, hosting, AI and chat services, monitors, mail."""

from __future__ import annotations

from services.debugcog.redaction.token_rule import TokenRule

SERVICE_TOKENS = (
    TokenRule(
        "Meta, X",
        r"EAA[A-Za-z\d]{60,}|(?<![/+])A{20,22}(?!A)[\w%]{40,}+(?![/+=])",
        "https://developers.facebook.com/docs/facebook-login/guides/access-tokens",
        ("EAA{b62:180}", "AAAAAAAAAAAAAAAAAAAAAF{b62:80}", "AAAAAAAAAAAAAAAAAAAAF%2B{b62:80}%3D"),
        (
            "audio: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA//8AAAEAAAAAAAD/wAAAAAAAAAAAAAAAAAAAAAAA//8=",
            "PCM: AAAAAAAAAAAAAAAAAAAAB{b62:60}/AAA+{b62:40}==, AAAA/AAAAAAAAAAAAAAAAAAAAB{b62:60}",
        ),
    ),
    TokenRule(
        "Pterodactyl, Pelican (hosting of bots and games)",
        r"(?:ptl[acr]|papp|pacc)_[A-Za-z\d]{32,}",
        "https://pelican.dev/docs/api/",
        ("panel says ptlc_{b62:43} is wrong", "ptla_{b62:43}", "papp_{b62:43}"),
    ),
    TokenRule(
        "Render, Fly.io, Netlify, Vercel, Cloudflare",
        r"rnd_[A-Za-z\d]{20,}|fm[12][ar]?_[\w+/=-]{40,}|fo1_[\w-]{40,}|nf[pc]_[A-Za-z\d]{30,}"
        r"|vc[pkiar]_[A-Za-z\d]{20,}|vercel_blob_rw_\w{20,}|cf(?:ut|at|k)_[\w-]{40,}"
        r"|eyJhIjoi[\w=-]{80,}",
        "https://fly.io/docs/security/tokens/",
        (
            *(
                "rnd_{b62:28}",
                "FlyV1 fm2_{url:100}",
                "fo1_{url:43}",
                "nfp_{b62:36}",
                "vcp_{b62:56}",
            ),
            *("cfat_{b62:40}", "cloudflared --token eyJhIjoi{url:160}", "vercel_blob_rw_{b62:48}"),
        ),
        ("rnd_state_of_the_generator_is_set", "fm2_synthesizer_of_the_music_player_is_ready_now"),
    ),
    TokenRule(
        "Jina, Firecrawl, Brave, Voyage, Cartesia, E2B, sessions of OpenAI",
        r"jina_[\w-]{40,}|fc-[\da-f]{32}(?![\w-])|BSA[\w-]{24,28}(?![\w-])|pa-[\w-]{40,}"
        r"|sk_car_\w{20,}|e2b_[\da-f]{40}|sess-[A-Za-z\d]{40}|ek_[\da-f]{32,}",
        "https://docs.firecrawl.dev/introduction",
        (
            *("jina_{b62:48}", "fc-{hex:32}", "BSA{url:28}", "pa-{url:43}", "sk_car_{b62:22}"),
            *("e2b_{hex:40}", "sess-{b62:40}", "ek_{hex:32}"),
        ),
        ("pa-rendering-the-long-names-of-servers-that-are-lower-case",),
    ),
    TokenRule(
        "RunPod, fal, Zhipu",
        r"rpa_[A-Za-z\d]{40,}|[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}:[\da-f]{32}(?!\w)"
        r"|[\da-f]{32}\.(?=[a-z]{0,15}[A-Z\d])[A-Za-z\d]{16}(?!\w)",
        "https://docs.fal.ai/model-apis/authentication",
        ("rpa_{up16:40}{hex:6}", "fal says {uuid:1}:{hex:32} is wrong", "glm: {hex:32}.{b62:16}"),
        (
            *("{hex:32}.sourcemap", "https://example.com/{hex:32}.png", "{uuid:1}:{dec:8}"),
            "{hex:32}.applicationstyle",
        ),
    ),
    TokenRule(
        "CircleCI, SonarQube, 1Password",
        r"CCI(?:PAT|PRJ)_[A-Za-z\d]{22}_[\da-f]{40}|sq[apu]_[\da-f]{40}|ops_eyJ[\w+/=-]{60,}",
        "https://circleci.com/docs/managing-api-tokens/",
        ("CCIPAT_{b62:22}_{hex:40}", "sonar: sqp_{hex:40}", "ops_eyJ{url:250}"),
        ("ops_engineers_of_the_whole_company",),
    ),
    TokenRule(
        "Deezer's login cookie, which music bots are given",
        r"[\da-f]{192}(?!\w)",
        "https://github.com/topi314/LavaSrc",
        ('deezer:\n  arl: "{hex:192}"', "arl={hex:192}", "{'arl': '{hex:192}'}"),
        ("sha512: {hex:128}", "early: {hex:96}", "dump of {hex:200}"),
    ),
    TokenRule(
        "PayPal, VK",
        r"access_token\$production\$[a-z\d]{16}\$[\da-f]{32}(?!\w)|vk1\.a\.[\w-]{80,}",
        "https://dev.vk.com/en/api/access-token/getting-started",
        ("access_token$production${low:16}${hex:32}", "got vk1.a.{url:190}"),
        ("vk1.a.method-of-a-module",),
    ),
    TokenRule(
        "Resend, MailerSend",
        r"re_[A-Za-z\d]{8}_[A-Za-z\d]{24}(?!\w)|mlsn\.[\da-f]{60,}",
        "https://resend.com/docs/dashboard/api-keys/introduction",
        ("resend: re_{b62:8}_{b62:24}", "mlsn.{hex:64}"),
    ),
    TokenRule(
        "PostHog, Pulumi, Dynatrace, older ones of Grafana",
        r"phx_[A-Za-z\d]{40,}|pul-[\da-f]{40}|dt0[a-z]\d\d\.[A-Z\d]{24}\.[A-Z\d]{64}"
        r"|eyJrIjoi[\w=-]{60,}",
        "https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens",
        ("phx_{b62:43}", "pul-{hex:40}", "dt0c01.{b32:24}.{b32:64}", "grafana eyJrIjoi{b62:60}"),
    ),
    TokenRule(
        "Matrix, Trello, Bitbucket, WakaTime",
        r"syt_[\w=-]{20,}|ATTA[\da-f]{64}|ATBB[A-Za-z\d]{28,}|waka_[\da-f]{8}-[\da-f-]{27}",
        "https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/",
        ("syt_{b62:8}_{b62:20}_{b62:6}", "ATTA{hex:64}", "ATBB{b62:32}", "waka_{uuid:1}"),
        ("syt_is_the_prefix_of_a_token",),
    ),
    TokenRule(
        "Alibaba, Tencent and Yandex Cloud",
        r"LTAI[A-Za-z\d]{12,20}(?!\w)|AKID[A-Za-z\d]{32}(?!\w)|AQVN[\w-]{34,38}(?![\w-])"
        r"|y[0-3]_[\w-]{50,}",
        "https://yandex.cloud/en/docs/iam/concepts/authorization/api-key",
        ("LTAI{b62:20}", "AKID{b62:32}", "AQVN{url:36}", "y0_{url:58}"),
    ),
    TokenRule(
        "RapidAPI",
        r"[\da-z]{10}msh[\da-z]{15}p1[\da-z]{5,6}jsn[\da-z]{11,12}(?!\w)",
        "https://docs.rapidapi.com/docs/keys-and-key-rotation",
        ("X-RapidAPI 403 for {low:10}msh{low:15}p1{low:6}jsn{low:12}",),
        ("https://example.com/a/smashing-jsn-p1-mshow",),
    ),
    TokenRule(
        "Twitch's stream key",
        r"live_\d{5,12}_[A-Za-z\d]{20,}(?!\w)",
        "https://dev.twitch.tv/docs/video-broadcast/",
        ("ffmpeg -f flv rtmp://live.twitch.tv/app/live_{dec:9}_{b62:30}",),
        ("live_stream_of_the_whole_server",),
    ),
    TokenRule(
        "AWS session",
        r"(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)[\w+/=-]{60,}",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html",
        ("session IQoJb3JpZ2luX2Vj{b64:300} expired", "FwoGZXIvYXdzE{b64:300}"),
    ),
    TokenRule(
        "X for a user, Instagram",
        r"[1-9]\d{14,19}-(?=[\da-f]{0,39}[A-Zg-z])[A-Za-z\d]{40}(?![\w-])|IG(?:AA|QV)[\w-]{60,}",
        "https://docs.x.com/fundamentals/authentication/oauth-1-0a/api-key-and-secret",
        ("tweepy got 1{dec:18}-{b62:40}", "Instagram IGAA{b62:120}"),
        ("81384788765712384-{hex:40}", "81384788765712384-{uuid:1}"),
    ),
    TokenRule(
        "ntfy, Pushbullet",
        r"tk_[a-z\dA-Z]{29}(?!\w)|o\.[A-Za-z\d]{32}(?!\w)",
        "https://docs.ntfy.sh/config/#access-tokens",
        ("ntfy tk_{b62:29}", "pushbullet o.{b62:32}"),
        ("tk_window_of_the_launcher_is_open", "https://foo.example/{hex:32}"),
    ),
    TokenRule(
        "PayPal's access token",
        r"A21AA[\w-]{60,}",
        "https://developer.paypal.com/api/rest/authentication/",
        ("PayPal A21AA{url:92}",),
    ),
    TokenRule(
        "wallet's private key, from which all others are made",
        r"[txyz]prv[A-Za-z\d]{100,112}(?!\w)",
        "https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki#serialization-format",
        ("wallet xprv9s21ZrQH143K{b62:96}",),
    ),
    TokenRule(
        "Steam's login cookie",
        r"7656119\d{10}(?:%7C%7C|\|\|)[\w.-]{20,}",
        "https://partner.steamgames.com/doc/webapi_overview/auth",
        ("steamLoginSecure=76561198000000000%7C%7C{b62:40}",),
        ("76561198000000000||mia", "steam://76561198000000000/{hex:40}"),
    ),
    TokenRule(
        "Spotify's access and refresh tokens, and the cookie that music bots are given",
        r"[AB]Q[\w-]{100,}",
        "https://developer.spotify.com/documentation/web-api/concepts/access-token",
        ("got BQ{url:150}", "sp_dc=AQ{url:157}"),
    ),
    TokenRule(
        "Mercado Pago",
        r"(?:APP_USR|TEST)-\d{10,20}-\d{6}-[\da-f]{32}-\d{6,12}(?!\w)",
        "https://www.mercadopago.com.br/developers/en/docs/your-integrations/credentials",
        ('sdk = mercadopago.SDK("APP_USR-{dec:16}-010112-{hex:32}-{dec:9}")',),
        ("public key APP_USR-{uuid:1}",),
    ),
    TokenRule(
        "Modrinth",
        r"mr[apo]_[A-Za-z\d]{60}(?!\w)",
        "https://docs.modrinth.com/api/",
        ("401 for mrp_{b62:60}",),
        ("mrp_planning_of_the_whole_server_is_done_by_everybody_who_is_a_member",),
    ),
    TokenRule(
        "CoinGecko",
        r"CG-[A-Za-z\d]{24}(?!\w)",
        "https://docs.coingecko.com/reference/authentication",
        ("x-cg-demo CG-{b62:24} is wrong",),
        ("CG-{hex:40}", "CG-RenderingOfTheScene"),
    ),
    TokenRule(
        "NovelAI",
        r"pst-[A-Za-z\d]{60,}",
        "https://docs.novelai.net/",
        ("401 for pst-{b62:64}",),
        ("pst-time-is-the-zone-of-the-server-of-mia",),
    ),
    TokenRule(
        "HenrikDev (VALORANT)",
        r"HDEV-[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}",
        "https://docs.henrikdev.xyz/general/auth",
        ("403 for HDEV-{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}",),
        ("match {uuid:1}",),
    ),
)
