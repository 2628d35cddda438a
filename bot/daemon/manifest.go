package daemon

import "github.com/aanmaner/aanmaner/bot/slack"

// ManifestOptions say for which Slack app a manifest is made; see [SlackManifest].
type ManifestOptions = slack.ManifestOptions

// SlackManifest is the description of our Slack app as YAML, with the rights that the bot uses and no others. It needs no
// configuration: it comes before there is one. The error names every fault of the options.
func SlackManifest(o ManifestOptions) (string, error) { return slack.Manifest(o) }
