package cerbfake

import (
	"testing"
)

// TestQueriesFindWhatCerbFinds pins what TestTheDoubleAnswersAsALiveCerbDoes saw, for machines without a running Cerb.
func TestQueriesFindWhatCerbFinds(t *testing.T) {
	h := newSmall(t, Options{})
	h.open(t, "am-search") // ticket 1
	h.open(t, "other")     // ticket 2
	for q, want := range map[string]int{
		`terminationCase:"am-search"`: 1, `terminationCase:"AM-SEARCH"`: 1, `terminationCase:"am-sear"`: 0, `terminationCase:am-sear`: 1,
		`terminationCase:"am-sear*"`: 1, `termination_case:"am-search"`: 0, `custom_1:"am-search"`: 0, `nosuch:"x"`: 0,
		`terminationCase:"am-search" OR nosuch:"x"`: 0, // one unknown filter spoils all
		`terminationCase:"am-search\"x"`:            0, // there is no escape
		`terminationCase:"am-search{{id}}"`:         1, // a template first
		`terminationCase:"am-search{{"`:             0,
		`(terminationCase:"am-search")`:             1,
		`!(terminationCase:"am-search")`:            1,
		`terminationCase:!"am-search"`:              1,
		`id:[1,2]`:                                  2,
		`id:>1`:                                     1,
		`id:1 OR id:2`:                              2,
		`id:1 id:2`:                                 0,
		`id:1 OR id:2 AND id:1`:                     2, // the first word between counts for all
		`id:1 AND id:2 OR id:1`:                     0,
		`id:1)`:                                     0,
		`(id:1`:                                     1,
		`)`:                                         2,
		``:                                          2,
		`sort:-id`:                                  2,
		`sort:nosuch`:                               2,
		`id:1 limit:1`:                              1,
		`subject:"account_termination*" id:1`:       1, // LIKE's own wildcards
		`subject:"%termination*" id:1`:              1,
		`subject:"account_termination" id:1`:        0,
		`terminationCase:["am-search","x"]`:         1,
		`terminationCase:[am-search, x]`:            1,
		`owner:(email:(email:"sanne@hoster.example"))`:          2,
		`owner:(email:(nosuch:"x"))`:                            0,
		`participant:(email:"klant@customer.example") status:o`: 2,
		`status:[waiting,closed]`:                               0,
	} {
		a := h.ok(t, "GET", "records/ticket/search.json", "q", q)
		if got := intval(aText(a["total"])); got != want {
			t.Errorf("%s finds %d, want %d", q, got, want)
		}
	}
}

func aText(v any) string {
	if f, ok := v.(float64); ok {
		return string(rune('0' + int(f)))
	}
	return ""
}

func TestPagesGoBackPastTheEnd(t *testing.T) {
	h := newSmall(t, Options{})
	for range 9 {
		h.open(t, "am")
	}
	for page, want := range map[string]int{"0": 1, "1": 1, "2": 5, "3": 9, "4": 5, "9": 5} {
		a := h.ok(t, "GET", "records/ticket/search.json", "q", "sort:id", "limit", "4", "page", page)
		if got := a["results"].([]any)[0].(map[string]any)["id"].(float64); int(got) != want {
			t.Errorf("page %s begins with %v, want %d", page, got, want)
		}
	}
}

func FuzzQueriesAreAnswered(f *testing.F) {
	h := New(Options{})
	h.AddGroup(Group{Name: "Billing", From: "billing@cerb.example"})
	for _, q := range []string{`a:"b" OR (c:d`, `)))`, `id:[1,`, `"" "`, `{{x}}`, `id:!(`, `!(`, `<$Q:9>`, `owner:(email:(email:"`} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		k, _ := h.kind("group", &worker{})
		h.search(k, q, &worker{})
	})
}
