// Command that was sent → rows that only this page shows: it is being sent, it failed.

const EPHEMERAL = 1 << 6;
let count = 0;

function nextId() {
  return `local-${++count}`;
}

/** Make the row of sending, and the one of a failure. */
export function notice(world, command) {
  const base = {
    author: world.user(world.bot),
    content: "",
    embeds: [],
    components: [],
    attachments: [],
    mentions: [],
    mention_roles: [],
    timestamp: new Date().toISOString(),
    type: 20,
    interaction: { name: command.replace(/^\//, ""), user: world.user(world.me) },
  };
  return {
    sending: { ...base, id: nextId(), flags: 0, local: "Sending command…", quiet: true },
    failed: (text) => ({ ...base, id: nextId(), flags: EPHEMERAL, local: text }),
  };
}
