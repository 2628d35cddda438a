package dossier

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

var update = flag.Bool("update", false, "write the golden files")

// sample is a case that went all the way, in which people and other systems wrote what they shouldn't.
func sample(t *testing.T, lang wording.Lang) (Dossier, *wording.Catalogue) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	words, err := wording.Load(zone)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 13, 3, 5, 0, time.UTC)
	euro := func(minor int64) backoffice.Money { return backoffice.Money{Minor: minor, Currency: "EUR"} }
	c := bot.Case{
		ID: 41, Key: "am-abcdefgh12345", Mode: bot.Live, State: bot.Waiting, Reason: wording.Because("wait_payment", "day", "2026-12-21"),
		CustomerID: "c1", CustomerNumber: "10234", CustomerName: "Jansen <script>alert(1)</script> B.V.", StartedBy: bot.Actor{Name: "Sanne Visser"}, CreatedAt: at,
		Ticket: bot.TicketRef{ID: "7", Mask: "ABC-123", URL: "https://cerb.example/t/ABC-123"},
		Notice: bot.NoticeRef{MessageID: "<n1@cerb.example>", To: "administratie@jansen.example", SentAt: at.Add(time.Minute)},
		Terms: bot.Terms{
			Outstanding: euro(34000), To: "administratie@jansen.example", Language: "nl", CancelOn: "2026-12-21",
			Invoices: []bot.TermInvoice{{ID: "i1", Number: "2026-0311", Due: "2026-10-12", Open: euro(34000), Reminders: 2}},
			Services: []bot.TermService{{ID: "s1", Label: "web01", Suspend: true, Cancel: true}, {ID: "s2", Label: "db02", Why: wording.Because("kept", "service", "db02", "why", "complaint")}},
		},
	}
	f := bot.File{Case: c, Intents: []bot.Intent{{Step: bot.SuspendServices, Object: "s1", Outcome: bot.Done}, {Step: bot.CancelOrders, Object: "s1", Outcome: bot.Unknown}}}
	f.Head = bot.FirstHead(c.Key)
	for n, text := range []string{"Sanne Visser started the case.", "The notice went.", "Paid from NL91 ABNA 0417 1643 00 & more."} {
		e := bot.Entry{CaseID: 41, At: at.Add(time.Duration(n) * time.Minute), Who: bot.Actor{Name: "bot"}, Kind: "note", Text: text, Object: []string{"", "", "s1"}[n], Data: json.RawMessage(`{}`)}
		f.Head = e.Seal(f.Head)
		f.Journal = append(f.Journal, e)
	}
	return Dossier{
		File: f, Company: "Voorbeeld Hosting B.V.", Lang: lang, Zone: zone, MadeAt: at.Add(24 * time.Hour), MadeBy: "jacqueline@hoster.example",
		Mails: []helpdesk.Message{
			{MessageID: "<n1@cerb.example>", Outgoing: true, From: "debiteuren@hoster.example", To: []string{"administratie@jansen.example"}, Text: "Beste klant,\n\nuw rekening DE89370400440532013000.", At: at.Add(time.Minute)},
			{MessageID: "<r1@jansen.example>", From: "administratie@jansen.example", To: []string{"debiteuren@hoster.example"}, Text: "</pre><h1>Betaald!</h1>", At: at.Add(time.Hour)},
		},
	}, words
}

func TestTheFileReadsAsItShould(t *testing.T) {
	for _, lang := range []wording.Lang{wording.NL, wording.EN} {
		d, words := sample(t, lang)
		var got bytes.Buffer
		if err := d.Write(&got, words); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "case_"+string(lang)+".html")
		if *update {
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s differs (%v); see what with: go test ./bot/dossier -update, then git diff", golden, err)
		}
		for _, never := range []string{"<script", "<h1>Betaald", "0417", "37040044"} {
			if strings.Contains(got.String(), never) {
				t.Errorf("%s: %q stands in it", lang, never)
			}
		}
	}
}

// A line that is changed, left out or moved changes the checksum; who makes the file, and when, doesn't.
func TestTheChecksumIsOfTheLines(t *testing.T) {
	d, _ := sample(t, wording.NL)
	sum := d.Checksum()
	again, _ := sample(t, wording.EN)
	again.MadeBy = "somebody else"
	if again.Checksum() != sum {
		t.Error("it depends on who made the file")
	}
	for name, change := range map[string]func(*Dossier){
		"a word": func(d *Dossier) { d.File.Journal[1].Text += "!" }, "a line": func(d *Dossier) { d.File.Journal = d.File.Journal[:2] },
		"the order": func(d *Dossier) { j := d.File.Journal; j[0], j[1] = j[1], j[0] }, "a time": func(d *Dossier) { d.File.Journal[0].At = time.Time{} },
	} {
		changed, _ := sample(t, wording.NL)
		change(&changed)
		if changed.Checksum() == sum {
			t.Errorf("%s doesn't show", name)
		}
	}
}

func TestAFileThatDoesNotHoldSaysSo(t *testing.T) {
	d, words := sample(t, wording.NL)
	d.Broken, d.Mails, d.NoMails = errors.New("entry 2 was changed"), nil, "De berichten ontbreken."
	var got bytes.Buffer
	if err := d.Write(&got, words); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"De keten van dit dossier klopt niet: entry 2 was changed", "De berichten ontbreken."} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestAccountsAreMaskedAndNothingElse(t *testing.T) {
	for text, want := range map[string]string{
		"NL91 ABNA 0417 1643 00": "NL•• •••• 4300", "van NL91ABNA0417164300 ontvangen": "van NL•• •••• 4300 ontvangen",
		"BE68 5390 0754 7034.": "BE•• •••• 7034.", "factuur 2026-0311": "factuur 2026-0311", "ticket ABC-12345-678": "ticket ABC-12345-678",
		"KvK 12345678": "KvK 12345678", "am-abcdefgh12345": "am-abcdefgh12345",
	} {
		if got := mask(text); got != want {
			t.Errorf("%q became %q, wanted %q", text, got, want)
		}
	}
}
