// Package cerb is the helpdesk client for Cerb's REST API: a helpdesk.Desk over HTTP, and Setup, which makes what the
// procedure needs there.
//
// It was written against Cerb 10.4.10. What that release really does, beside what one would expect, is listed below with
// what the client makes of it. The list is the package's memory: facts_test.go ties each number to the tests that hold it,
// and cerbfake is a double with the same habits, held to recorded exchanges and, where there is one, to a running Cerb.
//
// # Signing in
//
//  1. The checksum covers verb, date, path as sent, query sorted by name in its own encoding, the body's bytes and the
//     MD5 of the secret. Path and query are therefore sent exactly as they were signed.
//  2. Only a failed sign-in is HTTP 401. A clock that is off by ten minutes, an unknown key and a wrong secret have
//     different words, and get different advice. No 401 comes after an effect.
//  3. OAuth2 bearer tokens expire: the token file is read again when it changes, and after a 401.
//  4. Every answer sets a session's cookie. None is kept, no redirect is followed.
//
// # Answers
//
//  5. Everything else is HTTP 200, and __status decides. An error to a write may come after its effect, so it is
//     helpdesk.ErrUnknown unless it is one of those that Cerb is known to give before it does anything.
//  6. A PHP fatal is HTTP 500 with an empty body. Half an answer, a page of HTML and one that is too large say as little:
//     ErrUnknown, and a look. No write is ever sent twice; reads are tried three times.
//  7. Numbers come as numbers or as text, nothing as null, false, "" or [], an empty map as [].
//  8. "Invalid ticket id" is the answer for a ticket that is gone and for one out of the key's sight: ErrNotFound.
//
// # Opening a ticket
//
//  9. Releases before 9.3.4 don't know dont_send and would mail the opening text. The release is read before the first
//     write, and an older or unreadable one is refused.
//  10. compose takes any owner, member or not, disabled or not; so membership is checked before.
//  11. A key whose worker is outside the group gets an error after the ticket was made: checked before.
//  12. A missing or malformed "to" is taken without a word: only one bare address is let through.
//  13. The case's key is a custom field, set in the same call and searched by the camel case of the field's name. The uri
//     is no filter, and a filter that Cerb doesn't know finds nothing: so the field is looked up each time, and one that
//     can't be searched by is refused.
//  14. With the mail server down compose answers an error and leaves a queued draft that carries the custom field, and that
//     Cerb sends by itself: FindTickets shows drafts too.
//  15. Lines of the opening text that begin with # are commands, and a lone CR ends a line: they get a blank in front.
//
// # The notice
//
//  16. A reply without a status opens the ticket: one is always sent.
//  17. A reply with a status but without reopen_at clears the reopen date (a PUT on the record does not). The date that
//     the ticket has is sent along; without one, none is.
//  18. A reply's subject begins with "Re:". A forward with an explicit "to" has its own, and threads all the same.
//  19. worker_id counts for administrators only and is ignored otherwise: Server says which the key is.
//  20. "success" says nothing about the mail. Sent is proved by an outgoing message that was not there before, mailed, to
//     the customer, with our text; a count would take a colleague's reply for ours.
//  21. With the mail server down, a strict database keeps an empty draft with the comment "Error sending message: …" and
//     never sends it: NotSent, if the comment proves that the mail never left.
//  22. With sql_mode ” it keeps a queued draft, known by in_reply_message_id alone, which Cerb sends as "Re: …" within
//     the hour: Queued. Whether a draft is queued is told by the filter is.queued, not by the record.
//  23. A connection lost or timed out after the mail's data looks like a failure to Cerb, and the customer has the mail:
//     Unclear, for a person. On a lax database the same draft is queued and Cerb itself mails a second time; nobody can
//     tell it from one that never left.
//  24. A forward to a malformed address leaves a message without a "to": Unclear.
//  25. Cerb goes on when the caller gives up, for as long as its mail server hangs: ErrUnknown with Answered false, and a
//     look is final only once SendTimeout has passed. An empty draft doesn't say whose it is: a colleague's, left meanwhile,
//     could be taken for ours.
//  26. Cerb notices nothing when the mail server refuses the only recipient (550 or 451 at RCPT TO): such a notice passes
//     for Sent. The client can't know; the bounce goes to the group's address.
//  27. Anybody's mail that refers to ours lands in the ticket and opens it; being there says nothing about who wrote. Only
//     outgoing messages prove anything.
//  28. The Message-ID that a customer's answer refers to is the record's message-id header, and is kept with the proof.
//  29. Lines of the notice that begin with # are commands too, and values can carry them. The text is sent as it is given;
//     package snippets takes them out.
//
// # Snippets
//
//  30. Without prompts and ticket the raw template comes back, so there is always one prompt.
//  31. A name that Cerb doesn't know comes out as nothing. A template may use our values and TicketPlaceholders; any other
//     name, and tags and functions that reach further, are refused by name.
//  32. A template that does not parse gives success with the content false: refused, as is an empty text.
//  33. A snippet made for "ticket" can't be rendered, only one for cerberusweb.contexts.ticket, which Setup makes.
//
// # Changing a ticket
//
//  34. PUT tickets/<id> makes anybody the owner; PUT records/ticket/<id> only a member of the group, and leaves status and
//     reopen date alone. The latter is used, and owner and status are read back.
//  35. A merged ticket stays findable by its field, deleted, its mask ending in -MERGED, without messages. It and a
//     deleted one are found, and get no notice, owner or status: a person has to look.
//  36. A customer's answer opens the ticket and leaves the reopen date.
//
// # Searching
//
//  37. A query is a template first ({{id}} comes out as nothing), has no escape for a quotation mark, and takes *, %, _ and
//     \ as patterns. Values are quoted with all of these made wildcards, and what comes back is compared with what was
//     meant.
//  38. A worker is found by a query on addresses, email:(email:"…"); email:"…" by itself finds nobody.
//  39. Past the last page Cerb shows an earlier one, and records that go away move others over the page's edge. Pages are
//     asked for by the last id seen.
//  40. Whom a ticket is with is found by participant:(email:"…"), in any case of letters, and shown by expand=requesters,
//     an object keyed by id. An "_" in an address stands for any character there.
//  41. created:>N finds everything, and created:"… to …" is read in the worker's own zone. New tickets are read by falling
//     ids, which are given in the order of opening, until one is too old.
//
// # Comments
//
//  42. POST tickets/<id>/comment mails nobody and changes nothing but the date of the ticket's last change. The text is kept
//     as it is sent: no line is a command, no brace a template. It takes no key of the caller's, so the key is a line of the
//     text, and the ticket's comments are read before each: those of tickets that were merged into it are among them.
//  43. "@name" in a comment notifies a worker whose mention name that is: each @ gets a blank behind it.
//  44. Who is no administrator may only comment on tickets of his own groups. Cerb's refusal speaks of deleting tickets.
package cerb
