package show

import (
	"fmt"
	"slices"
)

// The customers of the story: one whose case goes all the way, and one who pays while the agent looks.
const (
	storyCustomer = "10234"
	storyPayer    = "10237"
)

// storyJSON is the guided strip as the browser draws it.
type storyJSON struct {
	Steps  []stepJSON  `json:"steps"`
	Text   string      `json:"text"` // what comes next, in a sentence
	Acts   []act       `json:"acts"` // what "do this step for me" does; none: there is nothing to do but watch
	Others []otherJSON `json:"others"`
}

type stepJSON struct {
	Label   string `json:"label"`
	Done    bool   `json:"done"`
	Current bool   `json:"current"`
}

// act works one real control: the script finds it by its selector, fills it in, picks from it or clicks it.
type act struct {
	Do       string `json:"do"` // who, close (whatever dialog is open), fill, wait, click
	Selector string `json:"sel"`
	Value    string `json:"value,omitempty"`
}

// otherJSON is another story: a command to try.
type otherJSON struct {
	Label   string `json:"label"`
	Command string `json:"command"`
}

// step is one step of the strip. done is told from what has been seen, never from clicks: who leaves the path breaks nothing.
type step struct {
	key  string
	done bool
	acts []act
}

// story tells where the visitor is.
func (d *painter) story() storyJSON {
	out := storyJSON{}
	current := false
	for _, s := range d.steps() {
		here := !s.done && !current
		if here {
			current = true
			out.Text, out.Acts = d.t("story."+s.key+".next"), s.acts
		}
		out.Steps = append(out.Steps, stepJSON{d.t("story." + s.key), s.done, here})
	}
	if !current {
		out.Text = d.t("story.end")
	}
	out.Others = []otherJSON{{d.t("other.list", "n", fmt.Sprint(len(d.listed))), d.wholeList()}}
	for _, o := range [][2]string{{"reseller", "10243"}, {"treated", "10244"}, {"money", "10238"}, {"excluded", "10250"}} {
		out.Others = append(out.Others, otherJSON{d.t("other." + o[0]), "/terminate " + o[1]})
	}
	return out
}

func (d *painter) steps() []step {
	saw := d.feed.saw
	agent, colleague := d.person("agent"), d.person("colleague")
	confirmed, offered := saw("a card"), saw("offered "+storyCustomer)
	press := act{"click", "#modal [data-submit]", ""}
	pay := act{"click", `[data-pay="` + storyPayer + `"]`, ""}
	again := typed(agent, storyPayer) // who closed the dialog too early sees at the next look that nothing is owed
	if d.offers(agent, storyPayer) {
		again = []act{{"who", "#who", agent}, press}
	}
	return []step{
		{"type", saw("view "+agent) || confirmed, typed(agent, storyCustomer)},
		{"look", offered || confirmed, nil},
		{"confirm", confirmed, append(d.looking(agent, storyCustomer), press)},
		{"follow", saw("treated " + storyCustomer), nil},
		{"rights", saw("told " + colleague), typed(colleague, "10235")},
		{"pays", saw("paid " + storyPayer), append(d.looking(agent, storyPayer), pay)},
		{"nothing", saw("paid "+storyPayer) && saw("refused "+storyPayer), again},
		{"later", saw("later "+storyCustomer) || saw("paid "+storyCustomer), []act{{"close", "#modal", ""}, {"click", `[data-days="end"]`, ""}}},
		{"paid", saw("paid " + storyCustomer), []act{{"click", `[data-pay="` + storyCustomer + `"]`, ""}}},
		{"restored", saw("restored " + storyCustomer), nil},
	}
}

// typed is what it takes to send a command as someone.
func typed(who, customer string) []act {
	return []act{{"who", "#who", who}, {"close", "#modal", ""}, {"fill", "#command", "/terminate " + customer}, {"click", "#send", ""}}
}

// looking is what it takes until someone has the preview of a customer before them; nothing much if they have.
func (d *painter) looking(who, customer string) []act {
	if d.offers(who, customer) {
		return []act{{"who", "#who", who}}
	}
	return append(typed(who, customer), act{"wait", "#modal [data-submit]", ""})
}

// offers says whether someone has a dialog open, on top, in which a customer's termination can be confirmed.
func (d *painter) offers(who, customer string) bool {
	views := d.snap.Views(who)
	return len(views) > 0 && slices.ContainsFunc(d.viewSights(views[len(views)-1]), func(s sight) bool { return s.mark == "offered "+customer })
}

// person is the id of who has a role.
func (d *painter) person(role string) string {
	for _, p := range d.world.People {
		if p.Role == role {
			return p.ID
		}
	}
	return ""
}
