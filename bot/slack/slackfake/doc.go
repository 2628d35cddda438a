// Package slackfake is a double of Slack that speaks its wire: an http.Handler
// with the part of the Web API that the bot uses, and a crowd of people that
// type commands, press buttons and send forms, signed as Slack signs them.
//
// It lives for tests and for the demo. It keeps its own small state in memory,
// takes its clock from the caller and imports nothing but the standard library,
// so that it can judge any client.
//
// What it answers is taken from Slack's documents and from what has been seen
// of Slack on the wire:
//
//   - https://docs.slack.dev/interactivity/implementing-slash-commands
//   - https://docs.slack.dev/interactivity/handling-user-interaction
//   - https://docs.slack.dev/surfaces/modals
//   - https://docs.slack.dev/apis/events-api/using-socket-mode
//   - https://docs.slack.dev/reference/methods (one page a method)
//   - https://docs.slack.dev/authentication/verifying-requests-from-slack
//
// Where the documents are silent the double takes the stricter reading and the
// comment beside the code says so. Three things it does on purpose:
//
//   - It knows only the blocks and elements that the bot sends (header, section,
//     context, divider, actions, input, rich_text). Anything else is refused and
//     kept in [Server.Faults], which a test holds against the empty list.
//   - It refuses what Slack refuses: a text that is too long, a trigger used
//     twice, a stale hash, somebody else's message.
//   - It can break on demand ([Server.Fail]), before or after the effect, since
//     an answer that got lost is not the same as a call that did nothing.
//
// A test makes one with [New], serves it, tells it its own address with
// [Server.SetBaseURL] and the app's with [Server.SetURLs], and gives the client
// that address followed by /api/ as the API's address.
package slackfake
