// Package snippets writes the notice that a customer in arrears receives, and makes a rendered text safe to send.
//
// # The notices
//
// There is one notice a language (nl, en, de, fr): notice.nl.txt and its siblings are embedded, and a folder may replace
// them file by file. They are Go text/templates, filled with Facts. Rendering is strict: a name that doesn't exist, a
// fact that is lacking or a date that is none is an error that says which.
//
// A template has these names. Text from outside (names, services, the company's own lines) passes Line first, so it is
// one line and never starts a command.
//
//	.Customer .CustomerNumber .Consumer (true or false)
//	.Amount              all that is open, formatted for the language
//	.Invoices            each with .Number .Due .Amount .Reminders (a count) .LastReminder (may be empty)
//	.InvoiceCount .Reminders (in all) .LastReminder (may be empty) .OldestDue
//	.Suspended .Cancelled .Services (both together)      lists of labels
//	.SuspendsToday (true or false) .SuspendDate .CancelDate .Today
//	.Company .Person .Phone .PortalURL .Terms .Agent
//	.Clause              the terms, with their address behind them in brackets when there is one
//	.Email .TermsURL .Ticket                             may be empty
//	plural N "one" "other"    list LABELS    (a, b and c)
//
// A helpdesk that keeps its own snippets gets the same facts as prompts: see Facts.Values. Set.HelpdeskSource is the
// embedded notice written that way.
//
// # Hash commands
//
// Cerb runs commands in the text of a reply, a line each: #signature, #comment and others. Clean takes out what the
// customer must not see and what nobody meant to run; what Cerb 10.4.10 did with each form of line is recorded in
// testdata/lineforms.txt, and clean.go says which rule follows from it.
//
// Money is formatted by CLDR through github.com/bojanz/currency (MIT, maintained, one dependency): grouping, signs and
// minor digits of 180 currencies are not something to write by hand. Beyond that the package needs the standard library
// only, and nothing else of this module.
package snippets
