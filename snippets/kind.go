package snippets

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is a kind of letter to a customer: the notice that a case begins with, or one of those that follow it. It is the
// first part of the name of the letter's file ("restored.nl.txt").
type Kind string

// The kinds of letters. What a letter says is true only if the facts are: each says below when it may go.
const (
	// KindNotice begins the case: what is open, what is suspended and cancelled, when, and how it is avoided. It is a demand
	// for payment.
	KindNotice Kind = "notice"
	// KindRestored: no invoice of the case is open any more. Restored and Withdrawn are what is done, not what is meant.
	KindRestored Kind = "restored"
	// KindOnProof: services are on again before the money is booked, on a proof of payment or by decision. The debt stays.
	KindOnProof Kind = "restored-on-proof"
	// KindPromise confirms what the customer promised. Nothing that hurts may happen before Until is over.
	KindPromise Kind = "promise"
	// KindExtension gives time that the customer asked for, or didn't. Nothing that hurts may happen before Until is over.
	KindExtension Kind = "extension"
	// KindArrangement confirms an arrangement in the words of who made it.
	KindArrangement Kind = "arrangement"
	// KindDispute says that an objection is here and that nothing further happens until it is decided. It may go once
	// cancellations that the back office keeps itself are moved or withdrawn. It is no demand for payment.
	KindDispute Kind = "dispute"
	// KindApology: services were suspended although the money's value date lay before it; they are on again.
	KindApology Kind = "apology"
	// KindMistake: the notice should not have gone, and what was done with it is undone. It says nothing of what is open.
	KindMistake Kind = "mistake"
	// KindReminder comes some days before the end. It is a demand for payment, and counts as one.
	KindReminder Kind = "reminder"
	// KindNeutral answers a reseller's end customer who writes or calls. It is given the company and the agent only, so it
	// can't name a debt, nor whose it is.
	KindNeutral Kind = "neutral-answer"
)

// Kinds lists the kinds of letters, the notice first.
func Kinds() []Kind {
	return []Kind{KindNotice, KindRestored, KindOnProof, KindPromise, KindExtension, KindArrangement, KindDispute, KindApology,
		KindMistake, KindReminder, KindNeutral}
}

// ParseKind reads a kind as a person writes it: "restored-on-proof", in any case, blanks for hyphens.
func ParseKind(text string) (Kind, error) {
	kind := Kind(strings.ToLower(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '-' || isBlank(r) }), "-")))
	if !slices.Contains(Kinds(), kind) {
		return "", fmt.Errorf("there is no letter of kind %q (there are: %s)", text, joinKinds(", "))
	}
	return kind, nil
}

// Words is the kind as it stands in a sentence or a title: "restored on proof".
func (k Kind) Words() string { return strings.ReplaceAll(string(k), "-", " ") }

// joinKinds is the list of them for a message.
func joinKinds(between string) string {
	var all []string
	for _, k := range Kinds() {
		all = append(all, string(k))
	}
	return strings.Join(all, between)
}
