package show

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
	Do       string `json:"do"` // who, fill, click
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
	for _, o := range [][2]string{{"reseller", "10243"}, {"treated", "10244"}, {"money", "10238"}, {"excluded", "10250"}} {
		out.Others = append(out.Others, otherJSON{d.t("other." + o[0]), "/terminate " + o[1]})
	}
	return out
}

func (d *painter) steps() []step {
	saw := d.feed.saw
	agent, colleague := d.person("agent"), d.person("colleague")
	typed := func(who, customer string) []act {
		return []act{{"who", "#who", who}, {"fill", "#command", "/terminate " + customer}, {"click", "#send", ""}}
	}
	press := []act{{"who", "#who", agent}, {"click", "#modal [data-submit]", ""}}
	offered, confirmed := saw("offered "+storyCustomer), saw("a card")
	steps := []step{
		{"type", saw("view "+agent) || confirmed, typed(agent, storyCustomer)},
		{"look", offered || confirmed, nil},
		{"confirm", confirmed, press},
		{"follow", saw("treated " + storyCustomer), nil},
		{"rights", saw("told " + colleague), typed(colleague, "10235")},
		{"pays", saw("paid " + storyPayer), append(typed(agent, storyPayer), act{"wait", "#modal [data-submit]", ""}, act{"click", `[data-pay="` + storyPayer + `"]`, ""})},
		{"nothing", saw("paid "+storyPayer) && saw("refused "+storyPayer), press},
	}
	if saw("offered " + storyPayer) { // the agent looks already
		steps[5].acts = []act{{"click", `[data-pay="` + storyPayer + `"]`, ""}}
	}
	return steps
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
