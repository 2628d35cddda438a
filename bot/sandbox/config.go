package sandbox

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aanmaner/aanmaner/bot/daemon"
)

// configText is the configuration of a bot in this world, as an operator would write it: live, on loopback, with waits
// short enough to watch.
const configText = `mode: live
listen: 127.0.0.1:0
database: %[1]q
company:
  name: Voorbeeld Hosting B.V.
  phone: "+31 30 123 45 67"
  person: Jacqueline de Vries
  email: debiteuren@hoster.example
  portal_url: https://mijn.hoster.example
  terms: artikel 7.3 van onze algemene voorwaarden
  terms_url: https://hoster.example/voorwaarden
helpdesk:
  cerb: {url: "%[2]s/index.php/rest", access_key: ` + cerbAccess + `, secret_key: ` + cerbSecret + `, group: Billing, timeout: 5s, rate_per_second: 1000}
backoffice:
  inhouse: {url: "%[3]s/api", token: ` + officeToken + `, webhook_secret: ` + officeSecret + `, timeout: 5s, rate_per_second: 1000}
slack:
  api_url: "%[4]s/api/"
  bot_token: ` + slackToken + `
  signing_secret: ` + slackSigning + `
  app_id: ` + slackApp + `
  team_ids: [` + slackTeam + `]
  case_channel: ` + CaseChannelID + `
  channel_language: %[6]s
  allowed_users: [` + Sanne + `, ` + Jacqueline + `]
  approver_users: [` + Jacqueline + `]
  response_origins: ["%[4]s"]
policy:
  confirm_delay: %[5]s
  grace: 6s
  backoff: [500ms, 1s, 2s]
  payment_poll: 168h   # the back office tells what happens; weeks that go by in a moment needn't be full of looks
  approval_resellers: true
`

// ConfigFile is the path of the configuration that WriteConfig writes.
func (s *Sandbox) ConfigFile() string { return filepath.Join(s.dir, "aanmaner.yaml") }

// WriteConfig writes the configuration of a bot in this world into its folder, and answers its path.
func (s *Sandbox) WriteConfig() (string, error) {
	text := fmt.Sprintf(configText, filepath.Join(s.dir, "aanmaner.db"), s.CerbURL, s.OfficeURL, s.SlackURL, s.delay, cmp.Or(s.lang, "nl"))
	return s.ConfigFile(), os.WriteFile(s.ConfigFile(), []byte(text), 0o600)
}

// Config is that configuration, read as the program reads it.
func (s *Sandbox) Config() (daemon.Config, error) {
	path, err := s.WriteConfig()
	if err != nil {
		return daemon.Config{}, err
	}
	return daemon.Load(path, nil)
}
