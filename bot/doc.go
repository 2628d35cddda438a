// Package bot is the domain: what a case is, what may be done to a customer and why not, and how the procedure is carried
// out so that nothing happens twice. It imports no package that does input or output; the ports in helpdesk and backoffice,
// the store and the announcer are handed in.
//
// # The tour, bottom-up
//
//   - step.go, case.go, signal.go, journal.go: the words. A Case is a row that we own. An Intent is what the clerk is about
//     to do for one step and object. A Signal is something from outside, handled once. The journal is the file that goes to
//     a judge: append-only, each entry sealed behind the one before.
//   - facts.go, decide.go, plan.go: Gather reads the facts about a customer; Decide, which is pure, turns them into a Plan
//     with a reason for every yes and no. The preview shows it, a dry run prints it, a case starts from it.
//   - recheck.go, comment.go: the second look right before each step that hurts, pure as well.
//   - procedure.go: the steps, in order, to be read beside the written procedure. How each is looked at and done stands in
//     step_ticket.go, step_notice.go, step_services.go and step_record.go.
//   - clerk.go and clerk_*.go: the Clerk takes a case forward: hears its signals, finds its next step, looks, commits the
//     intent, calls, records.
//   - reception.go: what people ask for, from Slack and the command line alike.
//   - store.go: the port of the database; bot/store has it on SQLite and on Postgres.
//
// Around it stand bot/store, bot/wake (who wakes cases), bot/slack, bot/dryrun (ports that only read), bot/wording (what is
// said to staff, in Dutch and English), bot/calendar (working days and quiet times), bot/daemon (the only wiring) and
// bot/sandbox (all doubles in one process).
//
// # States of a case
//
//	           confirm                delay over               all steps done
//	preview ───────────► confirming ────────────► running ───────────────────► waiting ──── term over ───┐
//	                        │                     ▲    │                          │                        ▼
//	                        │              retry, │    │ paid, changed, refused,  │                     person
//	                        │        done by hand │    ▼ in doubt, too long       │                        │
//	                        │                     person                          │                        │
//	                        └──────── stop ────────┴───────────── stop ───────────┴───────── stop ────► ended
//
// # What becomes of an intent
//
//	committed ──► called ──► answered: done           ──► done
//	   │             │   └──► refused                 ──► a person
//	   │             │   └──► certainly no effect     ──► later again
//	   │             └──────► no answer, or to be proved ─┐
//	   └── killed here: found open ──────────────────────►├─► Look ─► done │ absent │ failed │ pending │ unclear
//	                                                                         │        │         │          └─► a person
//	       after the grace time, if absence proves anything: later again ◄──┘        │         └─► wait, then a person
//	                                                             later again ◄───────┘
//
// # Libraries
//
// The domain uses golang.org/x/sync/errgroup (BSD-3) for reads that go on side by side. What the packages around it use,
// and why, is said in the package that uses it: koanf in bot/daemon, modernc.org/sqlite, pgx, goose and
// River in bot/store, rickar/cal
// in bot/calendar, bojanz/currency in snippets, go-smtp in bot/sandbox, resty in helpdesk/cerb and backoffice/inhouse,
// slack-go in bot/slack, kin-openapi in the tests of backoffice/inhouse.
package bot
