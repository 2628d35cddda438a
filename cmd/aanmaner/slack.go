package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot/daemon"
)

func (a *app) slackCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "slack", Short: "Make the Slack app that the bot needs"}
	var o daemon.ManifestOptions
	manifest := &cobra.Command{
		Use: "manifest", Short: "Print the app's manifest, with the rights that the bot uses and no others", Args: arguments(cobra.NoArgs),
		Long: `Prints a manifest for https://api.slack.com/apps (Create New App, From a manifest). With --mode http Slack calls the
bot at --url; with --mode socket the bot calls Slack, where nothing from outside may come in.`,
		Example: `  aanmaner slack manifest --url https://bot.hoster.example > manifest.yaml
  aanmaner slack manifest --mode socket --command /wanbetaler --name "Wanbetalers (test)"`,
		RunE: func(*cobra.Command, []string) error {
			text, err := daemon.SlackManifest(o)
			if err != nil {
				return usageError{err}
			}
			fmt.Fprint(a.out, text)
			return nil
		},
	}
	f := manifest.Flags()
	f.StringVar(&o.Mode, "mode", "http", "http or socket")
	f.StringVar(&o.URL, "url", "", "with --mode http, where Slack reaches the bot, such as https://bot.hoster.example")
	f.StringVar(&o.Command, "command", "/terminate", "the slash command; another app with the same one takes it over")
	f.StringVar(&o.Name, "name", "Aanmaner", "the app's name, at most 35 characters")
	f.BoolVar(&o.PrivateChannel, "private-channel", false, "the case channel is private")
	f.BoolVar(&o.NoGroups, "no-groups", false, "nobody is let in by a user group")
	cmd.AddCommand(manifest)
	return cmd
}
