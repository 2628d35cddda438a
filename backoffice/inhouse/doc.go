// Package inhouse is the client of Aanmaner's own contract for in-house back offices: openapi.yaml, in this folder. A hoster
// whose back office is home-made writes a server for that file, or for a part of it, and this client works with it.
//
// What the client does about what can go wrong:
//
//   - Reads are tried up to three times. Writes are sent once: on a connection of their own, because Go's HTTP client sends
//     a request again by itself when it carries an Idempotency-Key and a kept connection breaks (net/http, Request.isReplayable).
//   - A write that failed is "not sent" only when no connection came about. Anything later is "unknown", and somebody must
//     look. Where an answer came, backoffice.Error.Answered says that a look tells the truth at once.
//   - A write first reads; what is already as asked for isn't sent. A problem "already" and the plain 200 of a server
//     that changed nothing count as unchanged. An answer from the server's memory of an earlier call is checked by another
//     look: what was done under this key may have been undone since.
//   - Fields that the contract doesn't know are passed over. A field of the wrong type, a list that is null, an amount
//     without a currency or a date that is none is an error by name, never a silent nothing: an empty list of invoices would
//     read as paid.
//   - Lists are followed along their Link headers, on the same origin only, at most MaxPages far, never in a circle.
//   - Redirects aren't followed: the token would go along. Answers are read up to MaxBytes.
//   - What the server doesn't list in its capabilities, or answers with 405 or 501 or a 404 that isn't about the thing
//     named, is backoffice.ErrNotOffered: a person does it.
//
// Reading order: client.go (what it is made of), call.go (one call and its outcome), problem.go (what an answer means),
// paging.go, decode.go (strict reading), reads.go, writes.go, events.go (what happened), webhook.go (what the server tells of its
// own accord).
package inhouse
