// Package snippets writes the mails that a customer in arrears receives, and makes a rendered text safe to send.
//
// # The letters
//
// There is one letter a Kind and language (nl, en, de, fr): letters/notice.nl.txt, restored.nl.txt and their siblings are
// embedded, and a folder may replace them file by file. They are Go text/templates, filled with Facts. Rendering is strict: a
// name that doesn't exist, a fact that is lacking, a date that is none or dates that contradict each other are an error that
// says which. What a letter doesn't use may be empty; a list that is empty leaves its sentence out.
//
// A template has these names. Text from outside (names, services, the company's own lines) passes Line first, so it is
// one line and never starts a command.
//
//	.Customer .CustomerNumber .Consumer (true or false)
//	.Amount              all that is open, formatted for the language
//	.Invoices            each with .Number .Due .Amount .Reminders (a count) .LastReminder (may be empty)
//	.InvoiceCount .Reminders (in all) .LastReminder (may be empty) .OldestDue
//	.InvoiceNumbers      the numbers alone, for invoices on which nothing is open any more
//	.Suspended .Cancelled .Services (both together)      lists of labels; in letters after the notice, what is still to come
//	.SuspendsToday (true or false) .SuspendDate .CancelDate .Today
//	.Off .Restored .Withdrawn .StaysOff                  lists of labels: what is off now, on again, no longer cancelled, and
//	                     what another reason keeps off
//	.UntilDate .PromisedDate (may be empty)              of a promise, extension, arrangement, or of waiting for a booking
//	.Received (may be empty) .OnProof (true or false) .SuspendedDate .ValueDate
//	.AgreedWith (may be empty) .Words                    of an arrangement; .Words is a list of lines
//	.Company .Person .Phone .PortalURL .Terms .Agent
//	.Clause              the terms, with their address behind them in brackets when there is one
//	.Email .TermsURL .Ticket                             may be empty
//	plural N "one" "other"    list LABELS    (a, b and c)
//
// The answer to somebody else's customer, KindNeutral, has .Company and .Agent only. What several letters say in the same
// words is in letters/parts.nl.txt and its siblings; a folder's letters may use those parts: template "on", "off",
// "withdrawn", "stays off", "standing" (these four), "otherwise" and "when paid" (what happens without the money and with
// it), "invoices", "paying", "contact", "closing", "closing in arrears", "reference".
//
// A helpdesk that keeps its own snippets gets the same facts as prompts: see Facts.Values and Facts.ValuesFor.
// Set.HelpdeskSource is the embedded letter written that way.
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
