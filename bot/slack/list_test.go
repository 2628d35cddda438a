package slack

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

func TestPastedTextIsCutIntoCustomers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"10234\n10235":        {"10234", "10235"},
		"10234, 10235;10237":  {"10234", "10235", "10237"},
		"10234 10235 BE-2041": {"10234", "10235", "BE-2041"},
		"- Jansen Bouw\n• De Vries\n3) 10237\r\n\r\n":                              {"Jansen Bouw", "De Vries", "10237"},
		"“10234”,\n10234,\t10235":                                                  {"10234", "10235"},
		"<mailto:a@b.example|a@b.example>, <http://jansen.example|jansen.example>": {"a@b.example", "jansen.example"},
		"Bakker &amp; Zn\nDe Vries":                                                {"Bakker & Zn", "De Vries"},
		"10234":                                                                    nil, "jansen bouw": nil, "": nil, ",;\n": nil, "help": nil, "10234,": nil, "Jansen Bouw 2024": nil,
	} {
		if got := listed(text); !slices.Equal(got, want) {
			t.Errorf("%q became %q, wanted %q", text, got, want)
		}
	}
}

func FuzzListed(f *testing.F) {
	f.Add("10234\n10235")
	f.Add("a,b;c\td <mailto:x|y> &amp; “z”")
	f.Fuzz(func(t *testing.T, text string) {
		got := listed(text)
		if len(got) == 1 {
			t.Errorf("%q is a list of one", text)
		}
		for i, item := range got {
			if strings.ContainsAny(item, "\r\n") || item == "" || slices.Contains(got[:i], item) || len([]rune(item)) > maxQuery {
				t.Errorf("%q holds %q", text, item)
			}
		}
	})
}

// fridays is the list that somebody pastes at five to six.
const fridays = "10234\n10235\njansne\npeeters\n10238, 10243; DE-3012\nJansen Bouw"

// One view: who can be switched off with a tick each, who is to be confirmed alone, who can't be and why; one submit, one case
// each, and nobody is started who wasn't ticked.
func TestAPastedListIsOneViewAndOneCaseEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, fridays)
	golden(t, "view_list", listShape(t, v))
	text := slackfake.RenderView(v)
	for _, want := range []string{"jansne: niemand gevonden", "peeters: 2 klanten gevonden; typ het nummer", "Hosting Partners Oost", "typ het nummer apart", "Koffiebranderij Noord"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Count(text, "Jansen Bouw") != 1 {
		t.Errorf("a customer who stands in the list twice:\n%s", text)
	}
	w.submit(sanne, v, slackfake.Values{fieldList + "0": ticksOf(v, "Jansen", "Schäfer")})
	told := w.told(sanne, "Gestart: 2 zaken.")
	if !strings.Contains(slackfake.RenderEphemeral(told), "#") {
		t.Errorf("%s", slackfake.RenderEphemeral(told))
	}
	w.eventually("two cases", func() bool { return len(w.all()) == 2 })
	for _, c := range w.all() {
		if c.CustomerNumber != "10234" && c.CustomerNumber != "DE-3012" {
			t.Errorf("a case of %s", c.CustomerNumber)
		}
	}
	w.until("their cards", func(p slackfake.Snapshot) bool { return len(w.cards(p)) == 2 })
}

// listShape is the view without the fingerprints of its values, which change with the day.
func listShape(t *testing.T, v slackfake.View) any {
	t.Helper()
	raw, err := json.Marshal(shape(v))
	must(t, err)
	var out any
	must(t, json.Unmarshal(regexp.MustCompile(`"value":"[0-9a-f]{32} `).ReplaceAll(raw, []byte(`"value":"seen `)), &out))
	return out
}

// ticksOf are the values of the options with these words.
func ticksOf(v slackfake.View, words ...string) string {
	var values []string
	for _, b := range v.Blocks {
		e, ok := b["element"].(slackfake.Object)
		if !ok {
			continue
		}
		list, _ := e["options"].([]any)
		for _, o := range list {
			o := o.(slackfake.Object)
			name := o["text"].(slackfake.Object)["text"].(string)
			if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) }) {
				values = append(values, name)
			}
		}
	}
	return strings.Join(values, "\n")
}

// Who pays between the look and the submit is not started, and the others are.
func TestWhoPaysAfterTheListWasShownIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(kees, "10234\nDE-3012")
	must(t, w.office.Pay("10234"))
	w.submit(kees, v, nil)
	told := slackfake.RenderEphemeral(w.told(kees, "Started: 1 case."))
	if !strings.Contains(told, "Not started: 1 customer.") || !strings.Contains(told, "10234 Jansen Bouw B.V.: No ") {
		t.Errorf("%s", told)
	}
	if all := w.all(); len(all) != 1 || all[0].CustomerNumber != "DE-3012" {
		t.Errorf("%+v", all)
	}
}

// The cap counts inside a list too, and says who can lift it.
func TestTheCapHoldsInsideAList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.outside.Policy.MaxPerAgentDay = 2 })
	v := w.ask(sanne, "10234\n10235\nDE-3012")
	w.submit(sanne, v, nil)
	told := slackfake.RenderEphemeral(w.told(sanne, "Gestart: 2 zaken."))
	if !strings.Contains(told, "meer dan 2 op een dag mag niet") || !strings.Contains(told, "beheerder") {
		t.Errorf("%s", told)
	}
	if n := len(w.all()); n != 2 {
		t.Errorf("%d cases", n)
	}
}

func TestAListWithNothingTickedStaysOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234\n10235")
	w.Submit(context.Background(), sanne, v.ID, slackfake.Values{fieldList + "0": ""})
	if text := slackfake.RenderView(w.top(sanne, "")); !strings.Contains(text, "Vink minstens één klant aan") {
		t.Errorf("%s", text)
	}
	if len(w.all()) != 0 {
		t.Error("something was started")
	}
}

// The same list submitted twice, and once more after a restart, starts each customer once.
func TestAListSubmittedAgainStartsNobodyTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234\nDE-3012")
	first := w.submit(sanne, v, nil)
	w.eventually("two cases", func() bool { return len(w.all()) == 2 })
	w.Replay(context.Background(), first)
	w.restart()
	w.Replay(context.Background(), first)
	w.eventually("nothing more", func() bool { return len(w.all()) == 2 })
}

// A list that is longer than what is looked at says so, and a dry run says so first.
func TestALongListSaysWhatWasLeftOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dryRun)
	var many []string
	for n := range maxList + 4 {
		many = append(many, "nobody"+strings.Repeat("x", n))
	}
	text := slackfake.RenderView(w.ask(sanne, strings.Join(many, "\n")))
	if !strings.Contains(text, "De laatste 4 klanten van de lijst zijn niet nagekeken") || !strings.Contains(text, "Proefmodus") {
		t.Errorf("%s", text)
	}
	if len(w.all()) != 0 || bot.DryRun != w.outside.Policy.Mode {
		t.Error("a dry list started something")
	}
}

func TestAStrangerGetsNoList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.Command(context.Background(), bram, "10234\n10235")
	if !strings.Contains(string(got.Body), "Je mag dit niet gebruiken") || len(w.Views(bram)) != 0 {
		t.Errorf("%s", got.Body)
	}
}

// The outcome never claims that nothing was started where that isn't known.
func TestAnOutcomeInDoubtIsSaidToBeInDoubt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sc := w.bot.screenFor("en")
	text := sc.listOutcome([]begun{{number: "10234", doubt: true}, {number: "10235", late: true}}, cases)
	if !strings.Contains(text, "10234: unknown whether this case was started") || !strings.Contains(text, "10235: time ran out; nothing was started") {
		t.Errorf("%s", text)
	}
}
