// Package slack is the bot's face in Slack: the slash command, its preview and confirmation, and the card of each case in
// the team's channel.
//
// What comes in takes one road (serve.go), whether Slack posts it to our addresses (web.go: the signature is checked over the
// raw body) or delivers it over connections that we hold open (socket.go): the sender is checked, then the thing itself is
// committed as a signal under Slack's trigger id, together with what else comes in at that moment (batch.go), and only then
// it is acknowledged. The work follows in a pool (work.go), so that Slack's three seconds are never at stake, and a thing
// that comes twice is worked on once. What a process died over is found by another one, or by the next (leftovers.go).
//
//	/terminate → lookup.go → preview (view_preview.go, its form in view_wish.go) → submit.go (view_changed.go) → a case
//	case changed → board.go → card (card.go), one message a case, edited in place; its thread (thread.go)
//	a button on the card → click.go → order.go → a signal of the case
//
// What goes out passes client.go, which keeps slack-go, still before its 1.0, behind the few calls that we make. Texts come
// from the catalogue; text from outside enters a view or card only through text.go.
//
// A card is posted once, and drawn by one replica at a time: a claim in its row says whose turn it is (claim.go), and is the
// record of the try as well. Where it stays in doubt whether a card was posted, the channel's history is read for the card's
// metadata, which takes the scope channels:history (groups:history for a private channel). Without it a card in doubt is
// posted once more, so that there may be two, and never a third; Inspect, and so the doctor, says that the scope is missing,
// and once it is there the second card is taken away.
//
// Who may is a list of people and of user groups (groups.go), looked at when something comes in and again when it is worked
// on. How the bot stands with Slack is told by Connected (link.go). All scopes stand in manifest.go, and a test holds them
// against the calls that are made.
package slack
