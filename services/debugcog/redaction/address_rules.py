"""What is secret in addresses, one row each: its examples are the tests of ``addresses``."""

from __future__ import annotations

from services.debugcog.frozen import frozen


@frozen
class AddressRule:
    """A part of an address that is secret; its examples are tests, as those of a ``TokenRule``."""

    name: str
    source: str
    hides: tuple[str, ...]
    stays: tuple[str, ...]


ADDRESS_RULES = (
    AddressRule(
        "password",
        "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
        (
            *("postgresql://bot:{b62:20}@db.example:5432/bot", "redis://:{b62:20}@cache/0"),
            *("mongodb+srv://bot:{b62:9}/{b62:9}@{b62:9}@c0.example.net/x?w=1&e=a@b.c",),
            *("mysql: bot:{b62:12}@tcp(10.0.0.1:3306)/db", "https://user:{b62:12}@x.example/a?y=1"),
            "Could not parse rfc1738 URL from string 'bot:{b62:16}@localhost/bot'",
            "Could not parse URL from string 'postgres//bot:{b62:16}@db.example.com/bot'",
            "ParseResult(scheme='redis', netloc=':{b62:13}@cache', path='/0', params='', query='')",
            "SplitResult(scheme='postgres', netloc='bot:{b62:9}/{b62:9}@db.example', path='/bot')",
            *("curl -u bot:{b62:12} https://x.example", "curl --user b:{b62:12} https://x.example"),
        ),
        (
            *("http://localhost:8000/users/@me/guilds", "ws://10.0.0.1:443/@everyone"),
            *("https://discord.com/api/v10/users/@me?a=1:2", "at 10:30 <@81384788765712384> said"),
            "xmpp:mia@example.com/desk, nginx:1.25-alpine@sha256:{hex:64}",
            "mailto:mia@example.com, https://example.com:8443/a@2x.png",
            "SplitResult(scheme='ssh', netloc='git@example.com:22', path='/a@2x.png')",
        ),
    ),
    AddressRule(
        "name alone that is a token",
        "https://develop.sentry.dev/sdk/overview/#parsing-the-dsn",
        (
            *("https://{hex:32}@o1.ingest.sentry.io/2", "git clone https://{b62:40}@example.com/x"),
            "https://{b62:24}:@api.example.com/v1",
        ),
        ("ssh://git@github.com/a/b.git", "postgres://postgres@db/bot", "https://medium.com/@mia"),
    ),
    AddressRule(
        "address that is written inside another text",
        "https://www.rfc-editor.org/rfc/rfc8259#section-7",
        (
            r"{'url': 'https:\/\/discord.com\/api\/webhooks\/81384788765712384\/{url:68}'}",
            *(r"postgresql:\/\/bot:{b62:20}@db\/bot", r"\"redis:\\/\\/:{b62:20}@cache\\/0\""),
            "GET /x?url=https%3A%2F%2Fdiscord.com%2Fapi%2Fwebhooks%2F81384788765712384%2F{url:68}",
            "next=postgresql%3A%2F%2Fbot%3A{b62:20}%40db%2Fbot&n=1",
            "next=postgresql%253A%252F%252Fbot%253A{b62:20}%2540db%252Fbot",
        ),
        (
            r"{'url': 'https:\/\/cdn.discordapp.com\/avatars\/81384788765712384\/{hex:32}.png'}",
            "GET /x?url=https%3A%2F%2Fexample.com%2Fa%3Fb%3D1%26c%3D{hex:32}&n=1",
        ),
    ),
    AddressRule(
        "Slack's webhook",
        "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
        ("url: https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/{b62:24}",),
        ("https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",),
    ),
    AddressRule(
        "path that is told apart from its host",
        "https://urllib3.readthedocs.io/en/stable/reference/urllib3.exceptions.html",
        (
            "Pool(host='hooks.slack.com', port=443): Max retries, url: /services/T0/B0/{b62:24} (",
            "(host='hc-ping.com', port=443): Max retries exceeded with url: /{uuid:1}/fail (Caused",
            'https://hooks.slack.com:443 "POST /services/T0AB/B0AB/{b62:24} HTTP/1.1" 200 2',
            'https://ntfy.sh:443 "POST /{b62:20} HTTP/1.1" 200',
        ),
        (
            "Pool(host='api.example.com', port=443): Max retries exceeded with url: /v1/{hex:32} (",
            'https://x.example:443 "GET /avatars/81384788765712384/{hex:32}.png HTTP/1.1" 200 9',
        ),
    ),
    AddressRule(
        "Teams' webhook",
        "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
        ("https://acme.webhook.office.com/webhookb2/{uuid:1}@{uuid:1}/IncomingWebhook/{hex:32}/x",),
        ("https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/what-are",),
    ),
    AddressRule(
        "Discord's webhook and interaction; the id stays",
        "https://discord.com/developers/docs/resources/webhook",
        (
            "POST https://discord.com/api/webhooks/123456789012345678/{url:68}?wait=1 failed",
            "/api/v10/webhooks/123456789012345678/{url:68}/messages/@original",
            "/interactions/123456789012345678/{url:180}/callback",
        ),
        (
            "GET /api/v10/channels/123456789012345678/webhooks",
            "PATCH /webhooks/123456789012345678 with 3 fields",
        ),
    ),
    AddressRule(
        "folder that names a secret",
        "https://ifttt.com/maker_webhooks",
        (
            "https://maker.ifttt.com/trigger/x/with/key/{b62:22}",
            "GET https://api.example/v1/token/{b62:20}/info",
            "https://api.example/v1/token/{b62:44}",
        ),
        (
            *(
                "https://etherscan.io/token/0x{hex:40} in #prices",
                "https://x.io/tokens/0x{up16:40}",
            ),
            "https://solscan.io/token/EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v?cluster=main",
            "https://api.dexscreener.com/dex/tokens/EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            "https://example.com/auth/getting-started-with-oauth, /key/81384788765712384",
            "https://example.com/keys/{hex:32}.png",
        ),
    ),
    AddressRule(
        "ping of a monitor",
        "https://healthchecks.io/docs/http_api/",
        (
            *(
                "https://hc-ping.com/{uuid:1}/fail",
                "https://status.example/api/push/{b62:32}?msg=OK",
            ),
            "https://uptime.betterstack.com/api/v1/heartbeat/{b62:24}",
            *(
                "https://api.pushcut.io/{b62:24}/notifications/Down",
                "https://osu.ppy.sh/api/get_user?k={hex:40}",
            ),
            "https://cronitor.link/p/{hex:32}/nightly-backup?state=run",
            "GET https://heartbeat.uptimerobot.com/m794123456-{hex:40} timed out",
            *(
                "Cannot ping https://checks.example.org/ping/{uuid:1}",
                "https://checks.example.org/ping/{b62:22}/nightly",
                "https://ping.checklyhq.com/{uuid:1}",
            ),
            "https://o1.ingest.sentry.io/api/2/cron/nightly/{hex:32}/?status=ok",
            *(
                "https://events.pagerduty.com/integration/{hex:32}/enqueue",
                "https://v6.exchangerate-api.com/v6/{hex:24}/latest",
            ),
        ),
        (
            *("s3://media/push/{uuid:1}/a.webp", "https://example.com/api/push/81384788765712384"),
            "https://hc-ping.com/docs/getting-started-with-pings",
            "s3://media/ping/{uuid:1}/a.webp, https://example.com/ping/how-to-ping-a-host",
        ),
    ),
    AddressRule(
        "key of a stream",
        "https://support.google.com/youtube/answer/9854503",
        (
            "'flv', 'rtmp://a.rtmp.youtube.com/live2/{low:4}-{low:4}-{low:4}-{low:4}-{low:4}']'",
            "rtmps://live-api-s.facebook.com:443/rtmp/FB-{dec:15}-0-{b62:16}",
            "rtmps://fa72.global-contribute.live-video.net:443/app/sk_us-west-2_{b62:12}_{b62:30}",
            "rtmp://10.0.0.1/live/{b62:16}?backup=1",
        ),
        (
            "rtmp://10.0.0.1/live/stream-of-the-bot, rtmp://10.0.0.1:1935/live/81384788765712384",
            "rtmp://a.rtmp.youtube.com/live2, see https://example.com/live2/{b62:16}",
        ),
    ),
    AddressRule(
        "node of Ethereum",
        "https://docs.metamask.io/services/how-to/secure-an-api/",
        (
            "Unauthorized for url: https://mainnet.infura.io/v3/{hex:32}",
            *("wss://mainnet.infura.io/ws/v3/{hex:32}", "https://a-b.g.alchemy.com/v2/{b62:32}"),
            "Cannot connect to wss://x-y-z.ethereum-mainnet.quiknode.pro/{hex:40}/",
        ),
        ("https://docs.infura.io/v3/getting-started-with-nodes", "https://www.alchemy.com/v2/docs"),
    ),
    AddressRule(
        "Outlook's private calendar",
        "https://support.microsoft.com/office/introduction-to-publishing-internet-calendars-a25e68d6-695a-41c6-a701-103d44ba151d",
        ("https://outlook.office365.com/owa/calendar/{uuid:1}@x.example/{hex:40}/calendar.ics",),
        ("https://outlook.office365.com/owa/calendar/mia@x.example/calendar-of-mia/calendar.html",),
    ),
    AddressRule(
        "Google's private calendar",
        "https://support.google.com/calendar/answer/37648",
        ("https://calendar.google.com/calendar/ical/mia%40gmail.com/private-{hex:32}/basic.ics",),
        ("https://calendar.google.com/calendar/ical/mia%40gmail.com/public/basic.ics",),
    ),
    AddressRule(
        "ntfy's topic: who knows it can read and write it",
        "https://docs.ntfy.sh/publish/",
        ("POST https://ntfy.sh/{b62:20} failed", "https://ntfy.sh/my-bot-{b62:16}?up=1"),
        ("https://ntfy.sh/alerts-of-my-server", "https://docs.ntfy.sh/publish/#message-priority"),
    ),
    AddressRule(
        "password that a program is given",
        "https://dev.mysql.com/doc/refman/8.4/en/command-line-options.html",
        (
            *(
                "sshpass -p {b62:9} ssh bot@x.example",
                "mysql -ubot -p{b62:12} bot",
                "mysqldump -p{b62:9}",
            ),
            *(
                "Command '['sshpass', '-p', '{b62:12}', 'ssh', 'x']' returned 5",
                "redis-cli -a {b62:12} ping",
            ),
            *(
                "['yt-dlp', '-u', 'mia', '-p', '{b62:12}', 'https://x']",
                "yt-dlp -u mia -p {b62:9} x",
            ),
            *(
                "['curl', '-sS', '-u', 'bot:{b62:12}', 'x']",
                "lftp -u bot,{b62:12} sftp://x.example",
            ),
            *(
                "['mcrcon', '-H', '127.0.0.1', '-p', '{b62:12}', 'list']",
                "7z a -p{b62:9} b.7z data",
            ),
            *(
                "['7z', 'a', '-p{b62:12}', 'b.7z']",
                "['zip', '-P', '{b62:12}', '-r', 'b.zip', 'data']",
            ),
            *("mongosh -u bot -p {b62:12}", "docker login -u bot -p {b62:12} x.example"),
        ),
        (
            *("['curl', '-u', 'bot', 'https://x']", "['mcrcon', '-P', '25575', 'list']"),
            *("lftp -u bot sftp://x.example", "['docker', 'run', '-u', '1000:1000', 'bot']"),
            *(
                "7z x b.7z -oout -y, tar -P -cf a.tar b",
                "cp b.rar -preserve c.7z",
                "yt-dlp -u mia -P music-2026x",
            ),
            *("mysql -p bot < dump.sql", "mkdir -p /srv/bot/data", "ssh -p 2222 bot@x.example"),
            *(
                "docker run -p 8080:80 -a stdout bot",
                "mysql --port=3306 -u bot",
                "sshpass -p $SSH_PASS ssh x",
            ),
        ),
    ),
    AddressRule(
        "webhook of any other service",
        "https://www.make.com/en/help/tools/webhooks",
        (
            *("https://hook.eu1.make.com/{low:32}", "https://chat.example.com/hooks/{low:26}"),
            *("https://hooks.zapier.com/hooks/catch/1234567/{b62:9}/", "/webhook/{uuid:1}/test"),
        ),
        (
            *("https://example.com/docs/webhooks/getting-started", "POST /webhooks/github done"),
            "/srv/bot/hooks/pre-commit, cogs/webhooks/handlers.py",
        ),
    ),
)
