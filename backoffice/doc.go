// Package backoffice is the vocabulary of a hosting company's back office, as the non-payer procedure needs it: customers,
// invoices, payments, services, notes and the non-payer status; and the port that every driver implements.
//
// Money is in integer minor units, calendar days are civil dates in the company's zone, instants are UTC. A read never
// changes anything. A write reads first and says whether it changed anything: what is already as asked for answers
// Changed == false and no error.
//
// Every error of a driver can be told apart with errors.Is against the kinds in errors.go; see there for what each kind
// says about whether the call had an effect.
//
// The package imports nothing but the standard library. Drivers live below it (inhouse), the contract suite that each
// driver passes lives in backofficetest.
package backoffice
