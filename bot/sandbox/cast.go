package sandbox

import (
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
	"github.com/aanmaner/aanmaner/snippets"
)

// The people of the sandbox, by their Slack ids.
const (
	Sanne      = "U0SANNE"      // agent: may use the bot, is in Cerb's group Billing
	Bram       = "U0BRAM"       // colleague: may not use the bot
	Jacqueline = "U0JACQUELINE" // credit-control lead
)

// castUsers are the people of the workspace. In a world that speaks English all of them do.
func castUsers(lang string) []slackfake.User {
	users := []slackfake.User{
		{ID: Sanne, Name: "Sanne Visser", Email: "sanne@hoster.example", Locale: "nl-NL"},
		{ID: Bram, Name: "Bram Smit", Email: "bram@hoster.example", Locale: "nl-NL"},
		{ID: Jacqueline, Name: "Jacqueline de Vries", Email: "jacqueline@hoster.example", Locale: "en-GB"},
	}
	for i := range users {
		if lang == "en" {
			users[i].Locale = "en-GB"
		}
	}
	return users
}

func castChannels() []slackfake.Channel {
	return []slackfake.Channel{{ID: "C0ALGEMEEN", Name: "algemeen"}, {ID: CaseChannelID, Name: "wanbetalers"}}
}

// castCerb sets Cerb up as `aanmaner setup cerb` would, with the workers of the company.
func castCerb(c *cerbfake.Server, set *snippets.Set) {
	billing := c.AddGroup(cerbfake.Group{
		Name: "Billing", From: "debiteuren@hoster.example", Personal: "Voorbeeld Hosting", Signature: "-- \nDebiteurenbeheer",
	})
	groups := []int{billing}
	c.AddWorker(cerbfake.Worker{
		Email: "bot@hoster.example", Name: "De Bot", Superuser: true, Groups: groups, AccessKey: cerbAccess, SecretKey: cerbSecret,
	})
	c.AddWorker(cerbfake.Worker{Email: "sanne@hoster.example", Name: "Sanne Visser", Groups: groups})
	c.AddWorker(cerbfake.Worker{Email: "jacqueline@hoster.example", Name: "Jacqueline de Vries", Groups: groups})
	c.AddWorker(cerbfake.Worker{Email: "bram@hoster.example", Name: "Bram Smit"})
	c.AddCustomField(cerbfake.CustomField{Name: "Termination case", URI: "termination_case"})
	for _, lang := range snippets.Languages() {
		title := "Account Termination (" + lang + ")"
		c.AddSnippet(title, set.HelpdeskSource(lang), "cerberusweb.contexts.ticket")
	}
}
