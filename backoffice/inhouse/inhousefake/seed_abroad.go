package inhousefake

import "time"

// abroad plants the Belgian, German and English-speaking customers.
func (p *planter) abroad() {
	// Two with one name, and numbers that are not their ids. This one disputes an invoice.
	p.customer(Customer{
		ID: "b20410", Number: "BE-2041", Name: "Bakkerij Peeters", City: "Antwerpen", Country: "BE", Kind: "business", Language: "nl",
		Addresses: []Address{billing("peeters.antwerpen@post.example", "Luc Peeters")},
	}).invoice(305, 14520, 14520, 45, 1).disputed("De opgezegde mailboxen staan er nog op.").
		service("7020", "Hosting Plus", "hosting", "bakkerijpeeters-antwerpen.example")

	// The other one of that name: paid, and left alone until next month as was agreed.
	p.customer(Customer{
		ID: "b20411", Number: "BE-2042", Name: "Bakkerij Peeters", City: "Hasselt", Country: "BE", Kind: "business", Language: "nl",
		Addresses: []Address{billing("peeters.hasselt@post.example", "Griet Peeters")},
		Excluded:  &Exclusion{Reason: "in overleg", Until: p.day(30)},
	}).invoice(306, 7260, 0, 45, 0).service("7021", "Hosting Start", "hosting", "bakkerijpeeters-hasselt.example")

	// Belgian, and speaks French.
	p.customer(Customer{
		ID: "b20412", Number: "BE-2043", Name: "Boulangerie Lambert SRL", City: "Namur", Country: "BE", Kind: "business", Language: "fr",
		Addresses: []Address{billing("compta@lambert.example", "Comptabilité"), mainAddress("marc@lambert.example", "Marc Lambert")},
	}).nonPayer(4).invoice(320, 10890, 10890, 37, 2).service("7022", "Hosting Plus", "hosting", "boulangerie-lambert.example")

	// German. One service was switched off earlier for abuse: it must stay off, whatever is paid.
	p.customer(Customer{
		ID: "d30110", Number: "DE-3011", ExternalRef: "EX-5710", Name: "Müller Maschinenbau GmbH", City: "Aachen", Country: "DE", Kind: "business", Language: "de",
		Addresses: []Address{billing("buchhaltung@mueller-maschinenbau.example", "Buchhaltung")},
	}).nonPayer(11).invoice(308, 29750, 29750, 44, 3).service("7023", "vps-mm1", "vps", "mueller-ersatzteile.example").
		service("7024", "vps-mm2", "vps", "mueller-test.example")
	p.last().State = "suspended"
	p.last().Suspension = &Suspension{By: "Abuse-team", Reason: "abuse: spam vanaf deze server", At: p.now.Add(-23 * 24 * time.Hour)}

	// A German consumer. One service he has cancelled himself, one has ended long ago.
	p.customer(Customer{
		ID: "d30111", Number: "DE-3012", Name: "Katrin Schäfer", City: "Köln", Country: "DE", Kind: "consumer", Language: "de",
		Addresses: []Address{mainAddress("katrin.schaefer@post.example", "Katrin Schäfer")},
	}).nonPayer(4).invoice(316, 4165, 4165, 40, 2).service("7025", "Hosting Start", "hosting", "schaefer-keramik.example").
		service("7026", "Blog", "hosting", "schaefer-blog.example")
	p.last().Cancellation = &Cancellation{At: p.day(10), Reason: "Kündigung durch den Kunden", By: "Katrin Schäfer"}
	p.service("7027", "Hosting Alt", "hosting", "schaefer-alt.example")
	p.last().State = "cancelled"
	p.last().Cancellation = &Cancellation{At: p.day(-90), Reason: "Kündigung durch den Kunden", By: "Katrin Schäfer", Executed: true}

	// English, and with a service that must not be switched off.
	p.customer(Customer{
		ID: "10252", Number: "10252", Name: "Northwind Studio Ltd", City: "Amsterdam", Country: "NL", Kind: "business", Language: "en",
		Addresses: []Address{{Email: "legal@northwind.example", Name: "Legal", Role: "main", Notices: true}, billing("accounts@northwind.example", "Accounts")},
	}).nonPayer(4).invoice(325, 21780, 21780, 34, 2).service("7028", "vps-north1", "vps", "northwind-shop.example").
		service("7029", "vps-alarm", "vps", "northwind-alarm.example")
	p.last().DoNotSuspend = "runs a care home's alarm line"
}
