// Table of the server's events: name → the change in the app.

export const EVENTS = {
  world: (app, { world }) => app.redraw(world),
  message: (app, { message }) => {
    app.typing.end(message.author.id);
    if (message.channel_id === app.world.channel?.id) app.timeline.add(message);
  },
  edited: (app, { message }) => app.timeline.update(message),
  gone: (app, { ids }) => ids.forEach((id) => app.timeline.remove(id)),
  unread: (app, { channel, loud }) => app.mark(channel, loud),
  typing: (app, { user }) => app.typing.begin(user),
  reload: (app) => app.go(app.world.channel?.id),
  status: (app, { status }) => {
    const turned = status.online !== app.status.online;
    app.status = status;
    if (turned && app.arrived) app.drawMembers();
    app.drawer.refresh();
    app.frame.drawStatus(status);
  },
};
