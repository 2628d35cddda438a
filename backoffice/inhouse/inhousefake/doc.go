// Package inhousefake is the reference server of the contract for in-house back offices (openapi.yaml, one folder up): an
// http.Handler with its own small state, a seed of twenty customers, plain pages for people and controls for tests.
//
// It is a double for tests and for the demo, and the place to look when a sentence of the contract is not clear enough.
// It knows nothing of the client. Nothing is kept on disk.
//
//	server := inhousefake.NewDemo(inhousefake.Options{Token: "secret"})
//	http.ListenAndServe("127.0.0.1:8080", server.Handler()) // the contract below /api, the pages at /
//
// Reading order: state.go (what there is), server.go (how a call is answered), one file for each resource (customers.go,
// invoices.go, services.go, notes.go, status.go, events.go), webhook.go (telling of its own accord), idempotency.go, faults.go
// (broken worlds on demand), controls.go, payments.go and rules.go (what tests do behind the bot's back), seed.go (who the
// customers are), pages.go.
package inhousefake
