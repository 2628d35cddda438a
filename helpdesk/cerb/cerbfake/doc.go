// Package cerbfake is a double of the Cerb 10.4 helpdesk on the wire: an http.Handler with a small state of its own, for
// tests, for the demo and for whole-program tests. It knows no client: whatever speaks Cerb's REST protocol may call it.
//
// # What it is held to
//
// The exchanges in testdata/transcripts were recorded on a running Cerb 10.4.10. replay_test.go plays them in the order
// of their dates against one Server, with the recorded signatures, and compares each answer with the recorded one. What
// the recordings leave open was asked of a running Cerb 10.4.10 or read in its source, and is named beside the code.
// The habits that matter most to a caller:
//
//   - Everything but a failed authentication is HTTP 200; __status decides. Ids and totals are numbers or strings,
//     depending on the endpoint.
//   - tickets/compose.json takes a malformed or missing "to", any owner, and answers a worker outside the group with an
//     error after the ticket was made. With the mail server down it answers an error and leaves a queued draft.
//   - tickets/reply.json without a status opens the ticket. With a status but without reopen_at it takes a reopen date
//     that was there away. With the mail server down it answers success; a strict database keeps an empty draft that is
//     not queued, a lax one a queued draft, which the cron sends as "Re: …" to the ticket's requesters.
//   - A recipient that the mail server refuses is not noticed in a reply: the message is there as if it had been sent.
//   - Commands that start with # in a compose or reply run line by line, see hash.go.
//   - A search with an unknown filter finds nothing and is no error.
//
// # Mail
//
// What Cerb mails, the double mails: really, by SMTP, to Options.SMTPAddr. SetMailMode makes the mail server refuse,
// break off or hang, as far as a caller of Cerb can see it.
//
// # What it leaves out
//
// HTML mail, attachments and file bundles (#attach is taken out, nothing is attached), watchers, subtotals, other types
// of records than the ones listed in records.go, languages other than English, and the keys that end in __context or
// __type, which carry nothing. Snippet templates know variables, filters and "if"; a template that uses more of Twig
// comes out as one that does not parse. Search knows the filters listed in search_*.go.
package cerbfake
