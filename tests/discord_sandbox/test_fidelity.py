"""Each rule in the README's table has the tests that break it, by name; none is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import discord_sandbox

FOLDER = Path(__file__).parent
README = (Path(discord_sandbox.__file__).parent / "README.md").read_text(encoding="utf-8")
BROKEN_BY = {
    "the bot's token": "application: without_the_token_nothing_is_told",
    "ids in the path are numbers": "application: an_id_that_is_none_is_refused",
    "JSON that can be read": "message_rules: json_that_is_none_is_refused",
    "channel, guild, member, message": "application: what_is_not_there_is_unknown",
    "a channel that the bot sees": (
        "permissions_needed: a_channel_that_the_bot_cannot_see_is_out_of_reach"
    ),
    "the permission for each act": (
        "permissions_needed: a_permission_is_needed_for, "
        "members: the_bot_does_not_reach_above_its_own_role, "
        "members_of_a_role_above_the_bots_own_stay_as_they_are"
    ),
    "a value of the kind": (
        "message_rules: a_message_is_refused_for, a_body_that_is_no_object_is_refused, "
        "embed_rules: a_message_is_refused_for"
    ),
    "numbers within their limits": (
        "messages: one_cannot_ask_for, message_rules: a_message_is_refused_for, "
        "embed_rules: a_message_is_refused_for"
    ),
    "times in ISO 8601": (
        "embed_rules: a_message_is_refused_for, members: a_timeout_until_no_time_is_refused"
    ),
    "message content up to 2000": "message_rules: a_message_is_refused_for",
    "something to show": "message_rules: a_message_that_shows_nothing_is_refused",
    "embed: title 256": "embed_rules: a_message_is_refused_for",
    "6000 characters over all embeds": "embed_rules: a_message_is_refused_for",
    "addresses in embeds": "embed_rules: a_message_is_refused_for",
    "`attachment://` shows png": (
        "attachments: an_embed_does_not_show_a_file_that_is_missing_or_no_picture"
    ),
    "a file up to 10 MiB": (
        "message_rules: a_file_that_is_too_large_is_refused, eleven_files_are_refused"
    ),
    "CDN addresses are signed": (
        "attachments: an_address_of_the_cdn_is_signed, "
        "an_address_of_the_cdn_expires_after_a_day_and_is_fresh_when_fetched"
    ),
    "5 rows, 5 buttons": "component_rules: a_message_is_refused_for",
    "label 80, custom id": "component_rules: a_message_is_refused_for",
    "a button has a custom id": "component_rules: a_message_is_refused_for",
    "as many options as a select": "component_rules: a_message_is_refused_for",
    "a custom id once in a message": "component_rules: a_message_is_refused_for",
    "with IS_COMPONENTS_V2": "component_rules: a_message_is_refused_for",
    "allowed_mentions: a kind": "message_rules: a_message_is_refused_for",
    "a role pings if it is mentionable": (
        "mentions: a_role_that_is_not_mentionable_needs_a_permission, "
        "an_edit_finds_mentions_anew_but_notifies_nobody"
    ),
    "nonce up to 25 characters": (
        "message_rules: a_message_is_refused_for, "
        "messages: a_nonce_whose_message_was_deleted_is_unknown"
    ),
    "a reply to a message that exists": (
        "message_rules: a_message_is_refused_for, a_reply_needs_to_see_the_history"
    ),
    "edits by the author only": "messages: only_the_author_edits_a_message",
    "edits of a message older": "messages: an_edit_too_many_of_an_old_message_is_refused",
    "2 to 100 messages deleted": "messages: many_messages_are_deleted_at_once",
    "20 kinds of reactions": (
        "reactions: a_reaction_too_many_or_with_no_emoji_is_refused, "
        "a_channel_has_up_to_250_pins, webhooks: a_channel_has_up_to_15_webhooks"
    ),
    "text channels take messages": (
        "channels: a_category_takes_no_messages, threads: threads_have_members_and_are_archived, "
        "a_thread_on_a_message_has_its_id_and_takes_messages"
    ),
    "a forum takes posts": (
        "forums: a_post_is_refused_for, a_forum_may_want_a_tag_and_takes_no_messages_itself"
    ),
    "a forum has up to 20 tags": (
        "forums: the_tags_of_a_forum_are_made_kept_and_up_to_twenty, "
        "a_moderated_tag_is_for_those_who_manage_threads"
    ),
    "an archived post is opened": (
        "forums: an_archived_post_is_opened_before_it_is_changed_and_by_a_message, "
        "a_locked_post_is_for_those_who_manage_threads"
    ),
    "direct messages to a person": "messages: a_direct_message_needs_somebody_else",
    "a webhook's token": (
        "webhooks: webhooks_post_edit_and_delete, a_webhooks_face_is_refused, "
        "a_webhooks_name_is_refused"
    ),
    "a webhook posts in": "webhooks: a_webhook_posts_in_threads_of_its_channel_only",
    "a timeout of up to": "members: a_timeout_is_refused",
    "names: channel and thread": (
        "channels: a_name_is_refused, a_setting_is_refused, "
        "members: a_nickname_is_up_to_32_characters"
    ),
    "a thread is archived after": "channels: a_setting_is_refused",
    "the first response within 3 s": "interactions: a_response_after_three_seconds_is_unknown",
    "one first response": "interactions: a_second_first_response_is_refused",
    "follow-ups after it": (
        "interactions: a_followup_before_the_first_response_is_refused, "
        "the_token_lives_for_fifteen_minutes"
    ),
    "the kind of response suits": "callbacks: autocomplete_takes_choices_only",
    "an ephemeral message is reached": (
        "interactions: an_ephemeral_answer_is_out_of_the_channels_reach, "
        "only_the_one_who_asked_can_press_an_ephemeral_button"
    ),
    "autocomplete: 25 choices": "callbacks: choices_of_autocomplete_are_refused_for",
    "modal: title 45": (
        "modal_rules: a_modal_is_refused_for, a_modal_cannot_come_after_a_deferral"
    ),
    "command: name": "command_rules: a_command_is_refused_for",
    "a command's name once": (
        "command_registration: an_overwrite_tells_which_command_is_wrong, "
        "command_rules: a_command_is_refused_for"
    ),
    "options of a command": "command_rules: a_command_is_refused_for",
    "a menu command has no description": "command_rules: a_command_is_refused_for",
    "a global command names kinds of installation": (
        "installs: a_global_command_cannot_name_a_kind_of_installation_that_the_application_lacks, "
        "a_commands_kinds_of_installation_are_the_applications_unless_it_names_some"
    ),
    "a command is offered in its contexts": (
        "installs: a_command_is_offered_where_its_contexts_and_installations_allow, "
        "who_shares_no_guild_needs_the_application_in_their_own_account"
    ),
    "100 slash commands": (
        "command_registration: the_101st_slash_command_is_refused, "
        "the_16th_command_of_a_menu_is_refused, the_201st_command_of_a_day_is_refused"
    ),
    "default_member_permissions": (
        "people: default_permissions_hide_a_command, a_guild_overrides_who_sees_a_command"
    ),
    "rate limits a route": (
        "faults: the_headers_tell_how_much_is_left, each_channel_has_a_limit_of_its_own, "
        "fifty_requests_a_second_are_the_limit_of_all, "
        "ten_thousand_invalid_requests_are_a_ban"
    ),
    "gateway: known opcode": (
        "gateway: the_gateway_closes_for, identifying_twice_is_refused, "
        "the_gateway_closes_for_an_address_that_it_does_not_serve, "
        "intents_that_the_application_has_not_enabled_are_refused"
    ),
    "gateway: heartbeats": (
        "gateway: who_sends_no_heartbeat_is_closed, who_sends_too_much_is_closed, "
        "a_day_has_a_thousand_identifies"
    ),
    "resume within some minutes": (
        "gateway: a_session_that_was_lost_for_too_long_cannot_be_resumed, "
        "a_session_that_missed_too_much_cannot_be_resumed, "
        "gateway_bounds: lost_sessions_do_not_pile_up"
    ),
    "gateway: a client that reads": (
        "gateway_bounds: who_reads_nothing_is_cut_off_and_may_resume, "
        "a_client_that_is_closed_each_time_and_reconnects_at_once_does_not_spin"
    ),
    "events by intent, shard": (
        "gateway_events: without_the_intent_there_is_no_event, "
        "without_the_content_intent_messages_are_empty_but_for_mentions, "
        "what_the_bot_cannot_see_it_is_not_told, each_shard_gets_its_own_guilds"
    ),
}
"""How a row's rule begins → the tests, ``module: test, test, module: test``."""


def rules() -> list[str]:
    table = README.partition("## What it refuses")[2].partition("## What it does not do")[0]
    return [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]


def test_every_row_is_here_once() -> None:
    begun = {rule: [each for each in BROKEN_BY if rule.startswith(each)] for rule in rules()}
    assert {rule: len(found) for rule, found in begun.items() if len(found) != 1} == {}
    assert len(begun) == len(BROKEN_BY)


@pytest.mark.parametrize("rule", BROKEN_BY)
def test_the_tests_that_break_it_exist(rule: str) -> None:
    module = ""
    for each in BROKEN_BY[rule].split(", "):
        named, _, name = each.rpartition(": ")
        module = named or module
        text = (FOLDER / f"test_{module}.py").read_text(encoding="utf-8")
        assert re.search(rf"^(?:async )?def test_{name}\(", text, re.MULTILINE), each
