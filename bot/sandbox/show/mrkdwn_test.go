package show

import "testing"

func TestSlacksMarkupBecomesHTMLAndNothingElseDoes(t *testing.T) {
	names := map[string]string{"U1": "Sanne <b>", "C1": "#wanbetalers"}
	for text, want := range map[string]string{
		"*vet* en *niet":                                            "<b>vet</b> en *niet",
		"2 &lt; 3 &amp; 4 &gt; 1":                                   "2 &lt; 3 &amp; 4 &gt; 1",
		"<script>alert(1)</script>":                                 "&lt;script&gt;alert(1)&lt;/script&gt;",
		"&lt;script&gt;":                                            "&lt;script&gt;",
		"<https://a.example/x?b=1&amp;c=2|*naam*>":                  `<a href="https://a.example/x?b=1&amp;c=2" target="_blank" rel="noopener noreferrer"><b>naam</b></a>`,
		`<https://a.example/"onclick="x|naam>`:                      `&lt;https://a.example/&#34;onclick=&#34;x|naam&gt;`,
		"<javascript:alert(1)|naam>":                                "&lt;javascript:alert(1)|naam&gt;",
		"<@U1> in <#C1>, <#C2>":                                     "<b>@Sanne &lt;b&gt;</b> in <b>#wanbetalers</b>, <b>C2</b>",
		"<https://x.slack.com/archives/C1/p1795524515063749|kaart>": `<a href="#panes" data-goto="m1795524515.063749">kaart</a>`,
		"<https://a.example/:warning:|naam>":                        `<a href="https://a.example/:warning:" target="_blank" rel="noopener noreferrer">naam</a>`,
		"<!channel>":                                                "&lt;!channel&gt;",
		"zie https://x.slack.com/archives/C1/p1795524515063749":     `zie <a href="#panes" data-goto="m1795524515.063749">#wanbetalers</a>`,
		":warning: let op :onbekend:":                               `<svg class="emoji warn" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2 1.5 13.5h13zM8 6.5v3.5M8 11.6v.4"/></svg> let op :onbekend:`,
	} {
		if got := string(mrkdwn(text, names)); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}
