// World as the server sends it → look-ups of users, members, roles and channels by id.

export const VOICE = 2, CATEGORY = 4, FORUM = 15;
export const THREADS = [11, 12];
const BY_POSITION = (one, other) => other.position - one.position;

export class World {
  constructor(told, channelId) {
    Object.assign(this, told);
    this.channels = new Map();
    for (const guild of this.guilds) {
      guild.byId = new Map(guild.members.map((member) => [member.id, member]));
      guild.roleById = new Map(guild.roles.map((role) => [role.id, role]));
      for (const channel of guild.channels) this.channels.set(channel.id, { ...channel, guild });
    }
    for (const channel of this.directs) this.channels.set(channel.id, { ...channel, guild: null });
    this.go(channelId);
  }

  /** Open a channel, or the first one. */
  go(channelId) {
    const writable = [...this.channels.values()].find((each) => isText(each));
    this.channel = this.channels.get(channelId) ?? writable ?? null;
    this.guild = this.channel?.guild ?? null;
  }

  user(id) {
    return this.users[id] ?? { id, username: "unknown", bot: false, tags: [] };
  }

  member(id) {
    return this.guild?.byId.get(id) ?? null;
  }

  /** Return the name that this guild shows of a user. */
  nameOf(id) {
    const user = this.user(id);
    return this.member(id)?.name ?? user.global_name ?? user.username;
  }

  /** Return the roles of a member here, highest first, @everyone left out. */
  rolesOf(id) {
    const ids = this.member(id)?.roles ?? [];
    return ids.map((each) => this.guild.roleById.get(each)).filter(Boolean).sort(BY_POSITION);
  }

  /** Return the colour of a name: that of the highest role which has one. */
  colourOf(id) {
    return this.rolesOf(id).find((role) => role.colour)?.colour ?? 0;
  }

  /** Return the ranks of a user here: owner, administrator, team. */
  ranksOf(id) {
    const ranks = [...this.user(id).tags];
    if (this.guild?.owner === id) ranks.push("server owner");
    else if (this.member(id)?.admin) ranks.push("administrator");
    return ranks;
  }

  role(id) {
    return this.guild?.roleById.get(id) ?? null;
  }

  /** Return the people whom one can be: those of this guild, or all. */
  people() {
    const ids = this.guild ? [...this.guild.byId.keys()] : Object.keys(this.users);
    return ids.filter((id) => !this.user(id).bot);
  }
}

/** The world of a page that has not been sent one yet. */
export const NOWHERE = new World({ me: null, bot: null, users: {}, guilds: [], directs: [] }, null);

/** Return whether messages can be in a channel. */
export function isText(channel) {
  return ![CATEGORY, VOICE, FORUM].includes(channel.type);
}

/** Return the id of a user whom an address names, by id or name; null where it names nobody. */
export function findUser(told, wanted) {
  if (!wanted) return null;
  if (wanted in told.users) return wanted;
  const people = Object.values(told.users).filter(({ bot }) => !bot);
  return people.find(({ username }) => username === wanted)?.id ?? null;
}

/** Return what stands above a channel's first message: a title and a text. */
export function introduction({ channel, guild }) {
  if (!channel) return ["Nothing to see", "There is no channel that this person can see."];
  if (!guild) return [channel.name, `This is the start of your messages with ${channel.name}.`];
  return [`Welcome to #${channel.name}!`, `This is the start of the #${channel.name} channel.`];
}
