package inhousefake

import "time"

// dutch plants the everyday cases.
func (p *planter) dutch() {
	// The customer of every example: three overdue invoices, 340 euros, two services, nothing special.
	p.customer(Customer{
		ID: "10234", Number: "10234", ExternalRef: "EX-5512", Name: "Jansen Bouw B.V.", City: "Utrecht", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{billing("administratie@jansenbouw.example", "Administratie"), mainAddress("piet@jansenbouw.example", "Piet Jansen")},
	}).nonPayer(4).invoice(311, 12000, 12000, 42, 3).invoice(347, 11000, 11000, 28, 2).invoice(389, 11000, 11000, 12, 1).
		service("7001", "web01", "hosting", "jansen-projecten.example").service("7002", "db02", "vps")

	// Paid a part: what is open is less than the invoice.
	p.customer(Customer{
		ID: "10235", Number: "10235", Name: "De Vries Loodgieters V.O.F.", City: "Amersfoort", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{billing("facturen@devriesloodgieters.example", ""), technical("beheer@devriesloodgieters.example", "")},
	}).nonPayer(4).invoice(318, 24200, 9200, 38, 2).
		service("7003", "Hosting Plus", "hosting", "devries-spoed.example").service("7004", "devries-spoed.example", "domain", "devries-spoed.example")

	// Paid everything: nothing may happen to him.
	p.customer(Customer{
		ID: "10236", Number: "10236", ExternalRef: "EX-5520", Name: "Fietsenwinkel De Ketting", City: "Zwolle", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{billing("boekhouding@deketting.example", "")},
	}).invoice(290, 6050, 0, 50, 0).invoice(355, 6050, 0, 20, 0).invoice(402, 6050, 6050, -10, 0).
		service("7005", "Webwinkel S", "hosting", "deketting-winkel.example")

	// A consumer: the law asks more of whoever claims.
	p.customer(Customer{
		ID: "10237", Number: "10237", Name: "Marieke van den Berg", City: "Leiden", Country: "NL", Kind: "consumer", Language: "nl",
		Addresses: []Address{mainAddress("marieke@post.example", "Marieke van den Berg")},
	}).nonPayer(11).invoice(301, 3509, 3509, 47, 3).
		service("7006", "Hosting Start", "hosting", "mariekebakt.example").service("7007", "mariekebakt.example", "domain", "mariekebakt.example")

	// Money on its way: labelled unpaid, but the processor has announced it.
	p.customer(Customer{
		ID: "10238", Number: "10238", Name: "Koffiebranderij Noord B.V.", City: "Groningen", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{billing("crediteuren@koffienoord.example", "Crediteuren")},
	}).nonPayer(4).invoice(322, 18150, 18150, 35, 2).service("7008", "vps-koffie", "vps", "koffienoord-shop.example")
	p.a.pending = []Payment{{
		ID: "p801", Amount: euro(18150), Announced: p.now.Add(-5 * time.Hour), ValueDate: p.day(1), InvoiceIDs: []string{"inv322"}, Channel: "iDEAL",
	}}

	// The bank is not imported since Thursday: nobody knows whether he paid.
	p.customer(Customer{
		ID: "10239", Number: "10239", Name: "Zeilschool Het Sneekermeer", City: "Sneek", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{billing("penningmeester@sneekermeer.example", "")},
	}).nonPayer(4).invoice(330, 9680, 9680, 31, 2).service("7009", "Hosting Plus", "hosting", "zeilles-sneek.example")
	p.a.bookedUntil = thursdayNotImported(p.today)

	// Owes, but has nothing that could be switched off.
	p.customer(Customer{
		ID: "10240", Number: "10240", Name: "Advieskantoor Smit", City: "Haarlem", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{billing("smit@advieskantoorsmit.example", "A. Smit")},
	}).invoice(297, 15125, 15125, 55, 3)
}

// dutchOddities plants the cases in which a person or the procedure must look twice.
func (p *planter) dutchOddities() {
	// A reseller: 104 domains of 37 customers of his hang on one server.
	p.customer(Customer{
		ID: "10243", Number: "10243", ExternalRef: "EX-5601", Name: "Hosting Partners Oost B.V.", City: "Deventer", Country: "NL", Kind: "business",
		Language: "nl", Reseller: true, EndCustomers: 37,
		Addresses: []Address{billing("finance@hpoost.example", "Finance"), technical("noc@hpoost.example", "NOC")},
	}).nonPayer(18).invoice(285, 93775, 93775, 58, 3).invoice(341, 93775, 93775, 28, 2).
		service("7010", "srv-oost01", "vps", resoldDomains()...)
	p.last().EndCustomers = 37

	// In treatment by hand: a colleague typed the comment, in his own way of writing it.
	p.customer(Customer{
		ID: "10244", Number: "10244", Name: "Tuincentrum Groenrijk", City: "Boskoop", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{billing("administratie@tuingroenrijk.example", "")},
	}).nonPayer(11).invoice(309, 12100, 12100, 44, 3).service("7011", "Hosting Plus", "hosting", "groenrijk-planten.example").
		note(9, "Jacqueline de Vries", " Betalingsachterstand", "Gebeld, betaalt vrijdag. Ticket KLM-55120-883")

	// His second default: the first one is over and done with.
	p.customer(Customer{
		ID: "10245", Number: "10245", Name: "Autobedrijf Visser", City: "Hoorn", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{billing("info@autobedrijfvisser.example", "")},
	}).nonPayer(4).invoice(188, 7260, 0, 430, 3).invoice(326, 7260, 7260, 33, 2).service("7012", "Hosting Start", "hosting", "visser-occasions.example").
		note(400, "Bram Dekker", "betalingsachterstand", "Ticket FGH-20113-447").
		note(380, "Bram Dekker", "betaald, hersteld", "Betaald per bank, alles staat weer aan.")

	// No e-mail address: the notice can't be sent.
	p.customer(Customer{
		ID: "10247", Number: "10247", Name: "Stichting Buurthuis De Linde", City: "Tilburg", Country: "NL", Kind: "business", Language: "nl", Addresses: []Address{},
	}).invoice(314, 4840, 4840, 41, 2).service("7013", "Hosting Start", "hosting", "buurthuislinde.example")

	// His only address lives on the service that would be switched off.
	p.customer(Customer{
		ID: "10248", Number: "10248", Name: "Webdesign Kuipers", City: "Breda", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{mainAddress("info@kuipers-webdesign.example", "Tom Kuipers")},
	}).nonPayer(4).invoice(333, 8470, 8470, 30, 2).service("7014", "mail-kuipers", "mail", "kuipers-webdesign.example")

	// A name with everything that another program could take for a command.
	p.customer(Customer{
		ID: "10249", Number: "10249", Name: "Bakker & Zn <script>alert(1)</script> <!channel> *B.V.*\n#signature", City: "Almere", Country: "NL",
		Kind: "business", Language: "nl", Addresses: []Address{billing("boekhouding@bakker-zn.example", "#delay 1 hour\n#cut")},
	}).nonPayer(4).invoice(328, 6655, 6655, 32, 2).service("7015", "web<b>15</b> `*_~", "hosting", "bakker-zn-shop.example").
		note(3, "Sanne Visser", "Let op <script>", "#close\n#signature\n<!here> belt *altijd* terug & vraagt naar \"Jan\"")

	// Excluded: government pays late, but pays.
	p.customer(Customer{
		ID: "10250", Number: "10250", ExternalRef: "GEM-0031", Name: "Gemeente Rijnwaarde", City: "Lobith", Country: "NL", Kind: "business", Language: "nl",
		Addresses: []Address{billing("crediteuren@rijnwaarde.example", "Team Financiën")},
		Excluded:  &Exclusion{Reason: "overheid"},
	}).invoice(287, 48400, 48400, 57, 1).service("7016", "vps-rijnwaarde", "vps", "inwoners-rijnwaarde.example")
}

func resoldDomains() []string {
	names := make([]string, 0, 104)
	for n := 1; n <= 104; n++ {
		names = append(names, "klant"+string(rune('0'+n/100))+string(rune('0'+n/10%10))+string(rune('0'+n%10))+"-oost.example")
	}
	return names
}
