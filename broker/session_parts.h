/*
 * What the parts of the heart share with each other and with nobody else. session.c receives an
 * event and hands it to the part it belongs to: session_life (the way in), session_line (lost and
 * back), session_people (door and roster), session_share, session_control and session_mine (mouse
 * and keyboard), session_prompt, session_end (the way out).
 */
#ifndef BROKER_SESSION_PARTS_H
#define BROKER_SESSION_PARTS_H
#include "broker/session.h"
#include "policy_tables.h"

/* SEAL_PICTURE.state */
enum { PICTURE_RUNNING, PICTURE_PAUSED, PICTURE_STOPPED, PICTURE_STALE, PICTURE_INCOMPLETE };

/* --- effects (session.c) --- */
/* Adds an effect; the caller fills in further fields of what it returns before the next one is
 * added. */
struct session_effect *heart_effect(struct session_effects *out, enum session_effect_kind kind);
void heart_toast_about(struct session_effects *out, enum session_toast toast, uint32_t mid);
void heart_effect_code(struct session_effects *out, enum session_effect_kind kind, uint32_t code);
void heart_effect_audit(struct session_effects *out, enum audit_event line, uint32_t person,
                        uint32_t number);
void heart_worker_start(struct session *s, struct session_effects *out, enum session_worker w);
/* SIGKILL where it lives; no effect where it does not. */
void heart_worker_kill(struct session *s, struct session_effects *out, enum session_worker w);
bool heart_worker_lives(const struct session *s, enum session_worker w); /* starting or ready */
void heart_timer_set(struct session *s, struct session_effects *out, enum session_timer t,
                     uint32_t ms);
void heart_timer_clear(struct session *s, struct session_effects *out, enum session_timer t);
bool heart_in_session(const struct session *s); /* PHASE_CONNECT to PHASE_MEMBER */
bool heart_admitted(const struct session *s);   /* PHASE_HOST or PHASE_MEMBER */
/* policy/roles.def: may the person at this computer do that here and now? */
bool heart_allowed(const struct session *s, enum right right);

/* --- the way in (session_life.c) --- */
void life_boot(struct session *s, const struct session_event *ev, struct session_effects *out);
void life_host(struct session *s, const struct session_event *ev, struct session_effects *out);
void life_join(struct session *s, const struct session_event *ev, struct session_effects *out);
void life_retry(struct session *s, const struct session_event *ev, struct session_effects *out);
void life_home(struct session *s, struct session_effects *out);
void life_ready(struct session *s, struct session_effects *out, enum session_worker w);
/* The trail that is demanded has not said in time whether it can be written. */
void life_waited(struct session *s, struct session_effects *out);
void life_serving(struct session *s, const struct session_event *ev, struct session_effects *out);
void life_dialled(struct session *s, const struct session_event *ev, struct session_effects *out);
void life_session(struct session *s, const struct session_event *ev, struct session_effects *out);
void life_welcomed(struct session *s, const struct session_event *ev, struct session_effects *out);
/* Our own line of the roster: we are in. */
void life_member(struct session *s, struct session_effects *out, uint16_t mid);
/* Whoever does not present looks on: starts and kills the decoder of an organizer's. Called after
   every event. */
void life_view(struct session *s, struct session_effects *out);
void life_view_dead(struct session *s, struct session_effects *out);
void life_picture(struct session *s, const struct session_event *ev, struct session_effects *out);

/* --- door and roster (session_people.c) --- */
/* What is remembered of the name that this slot stands for; NULL: it stands for nobody. */
struct session_slot *people_slot_of(struct session *s, uint32_t number);
void people_knock(struct session *s, const struct session_event *ev, struct session_effects *out);
void people_knock_gone(struct session *s, const struct session_event *ev,
                       struct session_effects *out);
/* The owner's answer for that knock; why is that of a no. */
void people_answer(struct session *s, struct session_effects *out, uint32_t knock, bool yes,
                   enum session_why why);
void people_member(struct session *s, const struct session_event *ev, struct session_effects *out);
/* That somebody's words were compared at the door. */
void people_level_waiting(struct session *s, struct session_effects *out, uint32_t knock,
                          enum session_level level);
/* Lines can be written again, or not any more, where the rules demand them. */
void people_trail(struct session *s, struct session_effects *out);
void people_lock(struct session *s, const struct session_event *ev, struct session_effects *out);
void people_remove(struct session *s, const struct session_event *ev, struct session_effects *out);
void people_new_password(struct session *s, const struct session_event *ev,
                         struct session_effects *out);
/* That name has to wait, and after three times is not heard any more. */
void people_refuse_for_a_while(struct session *s, struct session_effects *out, uint32_t slot);
/* The same for other keys under that name; whoever has the right one is heard all the while. */
void people_refuse_key(struct session *s, struct session_effects *out, uint32_t slot);
/* Is it worth a line that somebody of that name asks in vain? At most once in REFUSED_WAIT_MS. */
bool people_refusal_is_news(struct session *s, struct session_effects *out, uint32_t slot);
/* That slot stands for another name from here on. */
void people_slot_anew(struct session *s, const struct session_event *ev,
                      struct session_effects *out);
/* What was refused to that person is forgotten; not what another key under that name was. */
void people_forgive(struct session *s, struct session_effects *out, uint32_t number);
bool people_has(const struct session *s, uint32_t mid);
void people_pardon(struct session *s, const struct session_event *ev, struct session_effects *out);
void people_refused_over(struct session *s, uint32_t slot);
void people_wrong_try(struct session *s, const struct session_event *ev,
                      struct session_effects *out);

/* --- sharing (session_share.c) --- */
void share_ask(struct session *s, const struct session_event *ev, struct session_effects *out);
/* The physical yes. */
void share_agreed(struct session *s, struct session_effects *out, uint8_t choice);
void share_declined(struct session *s, struct session_effects *out, enum session_why why);
/* Stops, and asks the owner what to share instead; who asks for control meanwhile waits. */
void share_choose_anew(struct session *s, struct session_effects *out);
void share_continue(struct session *s, const struct session_event *ev, struct session_effects *out);
/* Ends (then SHARE_OFF) or pauses (SHARE_PAUSED) at once: the kill is the first effect. */
void share_stop(struct session *s, struct session_effects *out, enum session_share then,
                enum session_why why);
void share_ready(struct session *s, struct session_effects *out);
void share_bar_mapped(struct session *s, const struct session_event *ev,
                      struct session_effects *out);
void share_bar_lost(struct session *s, const struct session_event *ev, struct session_effects *out);
void share_gone(struct session *s, const struct session_event *ev, struct session_effects *out);
void share_unshared(struct session *s, const struct session_event *ev, struct session_effects *out);
void share_running(struct session *s, const struct session_event *ev, struct session_effects *out);
void share_presenter(struct session *s, const struct session_event *ev,
                     struct session_effects *out);
void share_hotkey(struct session *s, const struct session_event *ev, struct session_effects *out);
/* The roster may say that it is our turn. Called after every event. */
void share_turn(struct session *s, struct session_effects *out);
/* Somebody came in: is the consent still enough? */
void share_newcomer(struct session *s, struct session_effects *out);
/* Gate or capture is dead: expected or not. */
void share_worker_dead(struct session *s, struct session_effects *out, bool expected);
bool share_capturing(const struct session *s); /* capture holds its descriptors and lives */

/* --- what others see (session_mirror.c) --- */
void mirror_wanted(struct session *s, const struct session_event *ev, struct session_effects *out);
void mirror_dead(struct session *s, struct session_effects *out, bool expected);
/* Ends with the consent. Called after every event. */
void mirror_advance(struct session *s, struct session_effects *out);

/* --- hand-over (session_roles.c) --- */
void roles_offer(struct session *s, const struct session_event *ev, struct session_effects *out);
void roles_offer_answered(struct session *s, struct session_effects *out, bool yes);
void roles_take_back(struct session *s, struct session_effects *out);
/* Sends the offer once nobody presents any more. Called after every event. */
void roles_advance(struct session *s, struct session_effects *out);
void roles_answered(struct session *s, const struct session_event *ev, struct session_effects *out);
void roles_offer_over(struct session *s, struct session_effects *out); /* ST_OFFER */
void roles_offered(struct session *s, const struct session_event *ev, struct session_effects *out);
void roles_not_asked(struct session *s); /* any more */
void roles_declined(struct session *s, struct session_effects *out, enum session_why why);
void roles_agreed(struct session *s);
void roles_say_yes(struct session *s, struct session_effects *out);
void roles_line_lost(struct session *s, struct session_effects *out);
void roles_member_gone(struct session *s, struct session_effects *out, uint16_t mid);
void roles_over(struct session *s, struct session_effects *out);

/* --- verification words (session_words.c) --- */
void words_ask(struct session *s, const struct session_event *ev, struct session_effects *out);
void words_ask_at_door(struct session *s, uint32_t knock);
void words_same(struct session *s, struct session_effects *out);
void words_not_now(struct session *s, struct session_effects *out, enum session_why why);
void words_differ(struct session *s, struct session_effects *out);
void words_member_gone(struct session *s, struct session_effects *out, uint32_t who, bool door);
void words_over(struct session *s);

/* --- a known name with another key (session_key.c) --- */
void key_changed(struct session *s, const struct session_event *ev, struct session_effects *out);
void key_gone(struct session *s, const struct session_event *ev, struct session_effects *out);
void key_other(struct session *s, const struct session_event *ev, struct session_effects *out);
void key_answered(struct session *s, struct session_effects *out, bool yes);
void key_over(struct session *s);

/* --- nobody here; the end for everyone (session_away.c) --- */
void away_share_begins(struct session *s, struct session_effects *out);
void away_share_over(struct session *s, struct session_effects *out);
void away_idle_begins(struct session *s, struct session_effects *out);
void away_active(struct session *s, const struct session_event *ev, struct session_effects *out);
void away_long(struct session *s, struct session_effects *out);      /* ST_AWAY */
void away_too_long(struct session *s, struct session_effects *out);  /* ST_STILL */
void away_idle_over(struct session *s, struct session_effects *out); /* ST_NOBODY */
void away_still_answered(struct session *s, struct session_effects *out, bool yes,
                         enum session_why why);
void away_end_asked(struct session *s, const struct session_event *ev, struct session_effects *out);
void away_end_answered(struct session *s, struct session_effects *out, bool yes);
void away_over(struct session *s, struct session_effects *out);

/* --- prompts (session_prompt.c) --- */
/* The owner wants something themselves: a question about somebody at the door comes back later. */
void prompt_make_room(struct session *s, struct session_effects *out);
/* The panel cannot be seen any more: what was asked in it comes again as a dialog. */
void prompt_panel_gone(struct session *s, struct session_effects *out);
/* Opens the next prompt where none is up and one is due. Called after every event. */
void prompt_next(struct session *s, struct session_effects *out);
void prompt_painter_ready(struct session *s, struct session_effects *out);
void prompt_painter_dead(struct session *s, struct session_effects *out, bool expected);
void prompt_painted(struct session *s, const struct session_event *ev, struct session_effects *out);
void prompt_masked(struct session *s, const struct session_event *ev, struct session_effects *out);
void prompt_armed(struct session *s, const struct session_event *ev, struct session_effects *out);
void prompt_answer(struct session *s, const struct session_event *ev, struct session_effects *out);
/* The same once more, in a dialog: what the panel shows may be another program's. */
void prompt_ask_apart(struct session *s, const struct session_event *ev,
                      struct session_effects *out);
/* Synthetic sources (on-screen keyboards, MouseKeys) may answer where the rules let them, as long
   as no input worker has existed that could be behind them (architecture 7). */
bool prompt_origin_may_say_yes(const struct session *s, uint8_t origin);
void prompt_people_changed(struct session *s, struct session_effects *out);
/* Maps it where nothing is left to wait for; capture may have died meanwhile. */
void prompt_map_when_done(struct session *s, struct session_effects *out);
/* A no, for whatever prompt is open. */
void prompt_no(struct session *s, struct session_effects *out, enum session_why why);
/* Takes it away without an answer: its subject is gone, or it comes back later. */
void prompt_drop(struct session *s, struct session_effects *out, enum session_why why);

/* The whole screen or a whole monitor: nobody controls what they cannot see. */
bool share_is_whole(const struct session *s);
/* The line is lost: capture is killed; it goes on by itself when the line is back, unless anything
   else has stopped or paused it meanwhile. */
void share_line_lost(struct session *s, struct session_effects *out);
/* Goes on when the line is back. Called after every event. */
void share_advance(struct session *s, struct session_effects *out);

/* --- who asks for control of this computer (session_asking.c) --- */
void asking_begin(struct session *s, const struct session_event *ev, struct session_effects *out);
/* The owner wants that one next, or offers it to whom has not asked. */
void asking_allow(struct session *s, const struct session_event *ev, struct session_effects *out);
/* -1 where they do not ask. */
int asking_find(const struct session *s, uint32_t mid);
void asking_remove(struct session *s, int at);
void asking_deny(struct session_effects *out, uint32_t mid, enum session_why why);
/* Before all who wait for the organizer. */
void asking_settled(struct session *s, int at);
/* What the rules ask of whoever is given control. Certificates are looked at again with the yes:
   the roster may have changed meanwhile. */
bool asking_known_enough(const struct session *s, uint32_t mid);
/* What to ask the owner next about control; PROMPT_NONE: nothing now. */
enum session_prompt_kind asking_prompt_due(const struct session *s);
void asking_clear(struct session *s, struct session_effects *out, enum session_why why);
/* The owner chooses anew what to share: requests do not outlive that, but are not forgotten. */
void asking_lapse(struct session *s);
/* Both seals forgot the requests when the sharing ended that they were made in. Where a whole
   screen is shared now, as the owner was asked to, who wanted control is told that it can be asked
   for. */
void asking_lapsed(struct session *s, struct session_effects *out);
/* Nobody waits for ever behind somebody else's hours. */
void asking_older(struct session *s, struct session_effects *out);

/* --- somebody else's control of this computer (session_control.c) --- */
/* The physical yes, and its choice of time. */
void control_agreed(struct session *s, struct session_effects *out, uint32_t person,
                    uint8_t choice);
void control_declined(struct session *s, struct session_effects *out, uint32_t person,
                      enum session_why why);
void control_unopened(struct session *s, const struct session_event *ev,
                      struct session_effects *out);
void control_granted(struct session *s, const struct session_event *ev,
                     struct session_effects *out);
void control_armed(struct session *s, const struct session_event *ev, struct session_effects *out);
void control_running(struct session *s, const struct session_event *ev,
                     struct session_effects *out);
void control_used(struct session *s, const struct session_event *ev, struct session_effects *out);
/* Gate and worker know the old size: others take their place, under the same grant. */
void control_resized(struct session *s, const struct session_event *ev,
                     struct session_effects *out);
/* Ends it, for whatever reason; nothing but the kill is done at once, so that it may come first. */
void control_end(struct session *s, struct session_effects *out, enum session_why why);
/* Kills gate and worker for a prompt; the grant lives on. */
void control_hold(struct session *s, struct session_effects *out);
/* Both are dead and nothing of theirs is down: a prompt may be mapped. */
bool control_out_of_the_way(const struct session *s);
/* Goes on with an end that has begun. Called after every event. */
void control_advance(struct session *s, struct session_effects *out);
/* Goes on with a beginning. Called last of all. */
void control_begin(struct session *s, struct session_effects *out);
void control_revoked(struct session *s, const struct session_event *ev,
                     struct session_effects *out);
void control_bad(struct session *s, const struct session_event *ev, struct session_effects *out);
void control_stop(struct session *s, const struct session_event *ev, struct session_effects *out);
void control_revoke_all(struct session *s, const struct session_event *ev,
                        struct session_effects *out);
void control_clean(struct session *s, const struct session_event *ev, struct session_effects *out);
void control_watch_lost(struct session *s, const struct session_event *ev,
                        struct session_effects *out);
void control_worker_dead(struct session *s, struct session_effects *out, bool expected);
void control_person_gone(struct session *s, struct session_effects *out, uint32_t mid);
void control_timer(struct session *s, struct session_effects *out, enum session_timer t);
/* The session is over: nobody asks any more. */
void control_over(struct session *s);

/* --- the second yes to control (session_second.c) --- */
/* Presenter: that person's wish has to wait for the organizer. */
bool second_needed(const struct session *s, uint32_t mid);
void second_answer_heard(struct session *s, const struct session_event *ev,
                         struct session_effects *out);
/* Organizer. */
void second_asked(struct session *s, const struct session_event *ev, struct session_effects *out);
void second_answered(struct session *s, struct session_effects *out, bool yes,
                     enum session_why why);
/* Asks the organizer, and forgets what nobody waits for any more. Called after every event. */
void second_advance(struct session *s, struct session_effects *out);
void second_over(struct session *s);

/* --- our own control of another computer (session_mine.c) --- */
void mine_ask(struct session *s, const struct session_event *ev, struct session_effects *out);
void mine_invited(struct session *s, const struct session_event *ev, struct session_effects *out);
void mine_denied(struct session *s, const struct session_event *ev, struct session_effects *out);
void mine_granted(struct session *s, const struct session_event *ev, struct session_effects *out);
void mine_release(struct session *s, const struct session_event *ev, struct session_effects *out);
void mine_revoked(struct session *s, const struct session_event *ev, struct session_effects *out);
void mine_over(struct session *s, struct session_effects *out, enum session_why why);
/* No record can be written of it, and the rules demand one. */
void mine_unrecorded(struct session *s, struct session_effects *out);
void mine_timer(struct session *s, struct session_effects *out);

/* --- what the owner writes (session_talk.c) --- */
void talk_write(struct session *s, const struct session_event *ev, struct session_effects *out);

/* --- the line (session_line.c) --- */
/* NET_CLOSED. True: it is taken up again; false: that end is one. */
bool heal_lost(struct session *s, const struct session_event *ev, struct session_effects *out);
void heal_back(struct session *s, const struct session_event *ev, struct session_effects *out);
/* DIALLED, DIAL_FAILED, the helper's death. True: that dial was for a lost line. */
bool heal_dialled(struct session *s, struct session_effects *out);
bool heal_dial_failed(struct session *s, struct session_effects *out);
/* ST_LINE and ST_RETURN. */
void heal_try(struct session *s, struct session_effects *out);
void heal_given_up(struct session *s, struct session_effects *out);
/* Forgets it: the session ends. */
void heal_over(struct session *s, struct session_effects *out);

/* --- the way out (session_end.c) --- */
struct ending {
    uint8_t how, why, fault, code;
    bool polite; /* seal says goodbye to the others first */
};
void end_begin(struct session *s, struct session_effects *out, struct ending e);
/* Goes on with a goodbye that has begun, as far as it can. Called after every event. */
void end_advance(struct session *s, struct session_effects *out);
void end_timer(struct session *s, struct session_effects *out);
void end_quit(struct session *s, const struct session_event *ev, struct session_effects *out);
void end_close(struct session *s, const struct session_event *ev, struct session_effects *out);
void end_back(struct session *s, const struct session_event *ev, struct session_effects *out);
void end_asked(struct session *s, const struct session_event *ev, struct session_effects *out);
void end_display_lost(struct session *s, const struct session_event *ev,
                      struct session_effects *out);
void end_net_closed(struct session *s, const struct session_event *ev, struct session_effects *out);
void end_seal_ended(struct session *s, const struct session_event *ev, struct session_effects *out);
void end_dial_failed(struct session *s, const struct session_event *ev,
                     struct session_effects *out);
void end_audit_synced(struct session *s, const struct session_event *ev,
                      struct session_effects *out);
/* session_unrecorded, of what somebody at this computer asks for: they hear why nothing comes of
   it, and a line says so, with which it shows whether lines can be written again. */
bool end_refuses(const struct session *s, struct session_effects *out, enum session_toast why);
/* Audit cannot write any more, or is dead. */
void end_audit_lost(struct session *s, struct session_effects *out);
/* ST_RECORD */
void end_try_record(struct session *s, struct session_effects *out);
/* One of dial, net, seal, relay, view is dead. */
void end_worker_dead(struct session *s, struct session_effects *out, enum session_worker w,
                     enum session_death death);
/* Nothing can be shown any more: the painter cannot be started. */
void end_no_painter(struct session *s, struct session_effects *out);
/* No session began. */
void end_refused_start(struct session *s, struct session_effects *out, enum session_fault fault);

#endif
