// Package helpdesk is the vocabulary of a ticket system as the non-payer procedure needs it: agents, tickets, messages,
// drafts and snippets; and the small port that a helpdesk client implements.
//
// The procedure opens one ticket a case without mailing anybody, sends one notice on it, proves that the notice went, and
// reads back whose the ticket is. Whatever a call leaves in doubt is answered with ErrUnknown and can be looked up:
// FindTickets looks for the ticket of a case, Delivery for the notice.
//
// The package imports nothing but the standard library. The Cerb client lives in helpdesk/cerb, the contract suite that
// every client passes in helpdesk/helpdesktest.
package helpdesk
