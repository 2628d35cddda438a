// Package slack is the bot's face in Slack: the slash command, its preview and confirmation, and the card of each case in
// the team's channel.
//
// What comes in takes one road (serve.go): the signature is checked over the raw body, then the sender, then the thing
// itself is committed as a signal under Slack's trigger id, and only then it is acknowledged. The work follows in a pool
// (work.go), so that Slack's three seconds are never at stake, and a thing that comes twice is worked on once.
//
//	/terminate → lookup.go → preview (view_preview.go, its form in view_wish.go) → submit.go (view_changed.go) → a case
//	case changed → board.go → card (card.go), one message a case, edited in place; its thread (thread.go)
//	a button on the card → click.go → order.go → a signal of the case
//
// What goes out passes client.go, which keeps slack-go, still before its 1.0, behind the few calls that we make. Texts come
// from the catalogue; text from outside enters a view or card only through text.go.
//
// A card is posted once. The try is written down before the call; where it stays in doubt whether a card was posted, the
// channel's history is read for the card's metadata. That needs the scope channels:history (groups:history for a private
// channel) beside commands, chat:write, users:read and users:read.email. Without it a card in doubt is posted once more, so
// that there may be two, and never a third; Check, and so the doctor, says that the scope is missing.
package slack
