package cerbfake

// part is some asks under one name.
type part struct {
	name string
	hook bool // needs CERB_HOOK
	asks []ask
}

// agreement is all that is asked of both.
func agreement() []part {
	return []part{
		{name: "people", asks: peopleAsks()},
		{name: "open", asks: openAsks()},
		{name: "search", asks: searchAsks()},
		{name: "reply", asks: replyAsks()},
		{name: "change", asks: changeAsks()},
		{name: "snippets", asks: snippetAsks()},
		{name: "errors", asks: errorAsks()},
		{name: "outsider", asks: outsiderAsks()},
		{name: "merge and delete", asks: goneAsks()},
		{name: "mail down", hook: true, asks: downAsks()},
	}
}

func get(path string, form ...string) ask  { return ask{method: "GET", path: path, form: form} }
func post(path string, form ...string) ask { return ask{method: "POST", path: path, form: form} }
func put(path string, form ...string) ask  { return ask{method: "PUT", path: path, form: form} }

func (q ask) keep(pairs ...string) ask {
	q.save = map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.save[pairs[i]] = pairs[i+1]
	}
	return q
}

func (q ask) but(ignore string) ask { q.ignore = ignore; return q }
func (q ask) by(who string) ask     { q.as = who; return q }

// people differ in what an installation made of them.
const own = `calendar_id|replyto_id|reply_signature|reply_html|address_org|address_num|mobile|phone|location|language`

func peopleAsks() []ask {
	return []ask{
		get("workers/me.json").but(own),
		get("records/worker/search.json", "q", `email:(email:"~agent-mail~")`, "expand", "groups,address_").keep("agent", "results.0.id").but(own),
		get("records/worker/search.json", "q", `email:(email:"~outsider-mail~")`, "expand", "groups").keep("outsider", "results.0.id").but(own),
		get("records/worker/~agent~.json", "expand", "groups,address_").but(own),
		get("workers/~agent~.json").but(own),
		get("records/worker/search.json", "q", `email:"~agent-mail~"`),
		get("records/worker/search.json", "q", `email:~agent-mail~`),
		get("records/worker/search.json", "q", `email:(email:"*~agent-mail~")`).but(own),
		get("records/worker/search.json", "q", `email:(email:sanne)`),
		get("records/worker/search.json", "q", `email:(nosuch:"~agent-mail~")`),
		get("records/worker/search.json", "q", `nosuch:1`),
		get("records/worker/search.json", "q", `id:~agent~ isDisabled:no`).but(own),
		get("records/worker/search.json", "q", `id:~agent~ isDisabled:yes`),
		get("records/worker/search.json", "q", `id:~agent~ isAdmin:no lastName:Vis`).but(own),
		get("records/worker/search.json", "q", `id:~agent~ group:(name:Billing)`).but(own),
		get("records/worker/999999.json"),
		get("workers/999999.json"),
		get("records/group/search.json", "q", `name:"*Billing*"`).keep("group", "results.0.id").but(own),
		get("records/group/search.json", "q", `name:"billing"`).but(own),
		get("records/group/search.json", "q", `name:"illin"`),
		get("records/group/search.json", "q", `name:illin`).but(own),
		get("records/group/search.json", "q", `id:~group~`).but(own),
		get("records/bucket/search.json", "q", `name:"Invoices" group.id:~group~`).keep("bucket", "results.0.id"),
		get("records/custom_field/search.json", "q", `name:"Termination case"`).keep("field", "results.0.id"),
		get("records/custom_field/search.json", "q", `uri:"termination_case"`),
		get("records/custom_field/search.json", "q", `uri:terminatio`),
		get("records/custom_field/search.json", "q", `context:"cerberusweb.contexts.ticket" name:"Termination case"`),
	}
}

// compose opens a ticket for c-<n>@<stem>.example with the case key <stem>-<n>.
func compose(n string, more ...string) ask {
	return post("tickets/compose.json", append([]string{
		"group_id", "~group~", "to", "c-" + n + "@~stem~.example", "subject", "Account Termination", "content", "Line one\nline two",
		"dont_send", "1", "owner_id", "~agent~", "custom_~field~", "~stem~-" + n,
	}, more...)...).keep("ticket", "id", "first", "initial_message_id", "mask", "mask")
}

// spam is what a running Cerb learns by itself.
const spam = `spam_|importance`

func openAsks() []ask {
	asks := []ask{
		compose("one").but(spam),
		get("tickets/~ticket~.json").but(spam),
		get("tickets/~ticket~.json", "expand", "custom_,requesters").but(spam + `|\.custom(_\d+)?\b`),
		get("records/ticket/~ticket~.json").but(spam),
		get("records/message/search.json", "q", "ticket.id:~ticket~", "expand", "headers,content").but("storage_size"),
		get("records/ticket/~ticket~.json", "expand", "owner_").but(spam + "|" + own + "|owner_"),
		compose("bucket", "bucket_id", "~bucket~", "status", "1", "reopen_at", "+2 days").but(spam + "|reopen_date"),
		compose("closed", "status", "2").but(spam),
		compose("status9", "status", "9").but(spam),
		compose("nobody", "owner_id", "999999").but(spam),
		compose("outsider", "owner_id", "~outsider~").but(spam),
		compose("two", "to", "a@~stem~.example, b@~stem~.example").but(spam),
		get("tickets/~ticket~.json", "expand", "requesters").but(spam + "|requesters"),
		compose("badto", "to", "not-an-address").but(spam),
		get("tickets/~ticket~.json", "expand", "requesters").but(spam),
		compose("noto", "to", "").but(spam),
		compose("hash", "content", "before\n#comment from a compose\n#signature\n #signature\n#sig\nafter\r#comment lone CR\n#cut\nlost").but(spam),
		get("records/message/search.json", "q", "ticket.id:~ticket~", "expand", "headers,content").but("storage_size"),
		get("records/comment/search.json", "q", "on.ticket:(id:~ticket~) sort:id"),
	}
	for _, missing := range []string{"subject", "content", "group_id"} {
		asks = append(asks, compose("missing", missing, ""), compose("zero", missing, "0"))
	}
	return append(asks, compose("group", "group_id", "9999"), compose("bucket", "bucket_id", "9999"))
}

func searchAsks() []ask {
	asks := []ask{compose("s", "custom_~field~", "~stem~-search").but(spam)}
	for _, q := range []string{
		`terminationCase:"~stem~-search"`, `terminationCase:~stem~-search`, `terminationCase:"~stem~-sear*"`, `terminationCase:"~stem~-sear"`,
		`terminationCase:~stem~-sear`, `terminationCase:"~stem~-SEARCH"`, `termination_case:"~stem~-search"`, `custom_~field~:"~stem~-search"`,
		`nosuch:"x"`, `terminationCase:"~stem~-search" OR nosuch:"x"`, `nosuch:"x" OR terminationCase:"~stem~-search"`,
		`terminationCase:"~stem~-search\"x"`, `terminationCase:"~stem~-search{{id}}"`, `terminationCase:"~stem~-search{{"`,
		`terminationCase:"~stem~-search{% if x %}`, `terminationCase:"~stem~-search{# x #}"`, `(terminationCase:"~stem~-search")`,
		`!(terminationCase:"~stem~-search") id:~ticket~`, `id:~ticket~ terminationCase:!"~stem~-search"`, `id:~ticket~ terminationCase:!"x"`,
		`id:[~ticket~,0]`, `id:~ticket~ sort:-id`, `id:~ticket~ sort:nosuch`, `id:>0 id:~ticket~`, `id:<1 id:~ticket~`, `id:!~ticket~ id:~ticket~`,
		`subject:"Account Termination" id:~ticket~`, `subject:account id:~ticket~`, `subject:"account" id:~ticket~`, `subject:"account*" id:~ticket~`,
		`subject:"*TERM*" id:~ticket~`, `subject:"account_termination" id:~ticket~`, `subject:"account_termination*" id:~ticket~`,
		`subject:"%termination*" id:~ticket~`, `subject:"\account*" id:~ticket~`, `subject:"\*term*" id:~ticket~`,
		`mask:"~mask~"`, `mask:~mask~`, `status:o id:~ticket~`, `status:[open,waiting] id:~ticket~`, `status:w id:~ticket~`, `status.id:0 id:~ticket~`,
		`owner:(email:(email:"~agent-mail~")) id:~ticket~`, `owner.id:~agent~ id:~ticket~`, `id:~ticket~ OR id:0`,
		`id:~ticket~ AND id:0 OR id:~ticket~`, `id:~ticket~ OR id:0 AND id:0`, `id:0 OR (id:~ticket~ AND id:~ticket~)`, `"`, `id:~ticket~ "`,
		`terminationCase:"~stem~-search`, `terminationCase:["~stem~-search","x"]`, `terminationCase:[~stem~-search, x]`, `terminationCase:!["~stem~-search"] id:~ticket~`,
		`group:(id:~group~) id:~ticket~`, `group.id:~group~ id:~ticket~`, `participant:(email:"c-s@~stem~.example") id:~ticket~`,
		`terminationCase:"" id:~ticket~`, `id:`, `id:~ticket~ terminationCase:null`, `id:~ticket~ terminationCase:!null`, `id:~ticket~)`, `(id:~ticket~`,
		`id:"~ticket~"`, `id:"~ticket~ "`, `id:~ticket~x`, `terminationCase:"~stem~-search "`, `terminationCase:" ~stem~-search"`,
		`terminationCase:"~stem~-search" terminationCase:"~stem~-search"`, `id:~ticket~ limit:1`, `updated:>0 id:~ticket~`,
	} {
		asks = append(asks, get("records/ticket/search.json", "q", q, "limit", "5").but(spam))
	}
	return append(asks,
		get("records/ticket/search.json", "q", "id:~ticket~", "limit", "0").but(spam),
		get("records/ticket/search.json", "q", "id:~ticket~", "limit", "9999", "page", "2").but(spam),
		get("records/ticket/search.json", "q", "id:~ticket~", "page", "0").but(spam),
		get("records/message/search.json", "q", "ticket.id:~ticket~ isOutgoing:yes isNotSent:yes").but("storage_size"),
		get("records/message/search.json", "q", "ticket.id:~ticket~ isOutgoing:no"),
		get("records/message/search.json", "q", "ticket:(id:~ticket~) sender:(email:billing*)").but("storage_size"),
		get("records/message/search.json", "q", "ticket_id:~ticket~"),
	)
}

func replyAsks() []ask {
	messages := get("records/message/search.json", "q", "ticket.id:~ticket~ sort:id", "expand", "headers,content").but("storage_size|[.]token")
	reply := func(form ...string) ask {
		return post("tickets/reply.json", append([]string{"message_id", "~first~"}, form...)...).but(spam)
	}
	return []ask{
		compose("r").but(spam),
		reply("content", "Notice\n\nbody", "status", "1", "is_forward", "1", "to", "c-r@~stem~.example", "subject", "Account Termination", "worker_id", "~agent~"),
		messages,
		reply("content", "plain"), messages,
		reply("content", "to somebody", "status", "1", "to", "other@~stem~.example"), messages,
		get("tickets/~ticket~.json", "expand", "requesters").but(spam + "|requesters"),
		reply("content", "forward without to", "status", "1", "is_forward", "1"), messages,
		reply("content", "bad to", "status", "1", "is_forward", "1", "to", "not-an-address"), messages,
		reply("content", "not sent", "status", "2", "dont_send", "1"), messages,
		reply("content", "subject", "status", "1", "subject", "Another"), messages,
		reply("content", "status nine", "status", "9"),
		reply("content", "owner", "status", "1", "owner_id", "~outsider~"),
		reply("content", "owner gone", "status", "1", "owner_id", "0"),
		reply("content", "in #1\n#signature\n#signature \n #signature\n#comment seen\n#sig\n#signature more\nx\r#comment cr\n#start comment\na\nb\n#end\n#watch\n#unwatch\n#attach x\n#Signature\n#end\n#cut\nlost", "status", "1"),
		messages,
		get("records/comment/search.json", "q", "on.ticket:(id:~ticket~) sort:id"),
		reply("content", "sets a date", "status", "1", "reopen_at", "+2 days").but(spam + "|reopen_date"),
		reply("content", "no date", "status", "1"),
		reply("content", "sets a date", "status", "1", "reopen_at", "+2 days").but(spam + "|reopen_date"),
		reply("content", "no date, open", "status", "0"),
		reply("content", ""), reply("content", "0"),
		post("tickets/reply.json", "content", "x"), post("tickets/reply.json", "content", "x", "message_id", "9999999"),
		post("parser/parse.json", "message", "From: c-r@~stem~.example\nTo: billing@cerb.example\nSubject: new\nMessage-ID: <new-~stem~@x.example>\nContent-Type: text/plain\n\nhello\n"),
		post("parser/parse.json", "message", ""),
	}
}

func changeAsks() []ask {
	set := func(form ...string) ask { return put("records/ticket/~ticket~.json", form...).but(spam) }
	old := func(form ...string) ask { return put("tickets/~ticket~.json", form...).but(spam) }
	return []ask{
		compose("c").but(spam),
		set("fields[status]", "w"), set("fields[status]", "waiting"), set("fields[status]", "x"), set("fields[status]", ""),
		set("fields[status_id]", "2"), set("fields[status_id]", "7"), set("fields[reopen_date]", "1900000000"), set("fields[reopen_date]", "soon"),
		set("fields[status]", "o"), set("fields[owner_id]", "~outsider~"), set("fields[owner_id]", "999999"), set("fields[owner_id]", "0"),
		set("fields[owner_id]", "~agent~"), set("fields[nosuch]", "1"), set("fields[subject]", ""), set(), set("fields[status]", "w", "fields[owner_id]", "~outsider~"),
		get("tickets/~ticket~.json").but(spam),
		old("owner_id", "~outsider~"), old("owner_id", "999999"), old("status_id", "1"), old("status_id", "9"), old("subject", "Other"), old(),
		put("records/ticket/9999999.json", "fields[status]", "w"), put("tickets/9999999.json", "status_id", "1"),
		post("tickets/~ticket~/comment.json", "comment", "A note\nfor colleagues").but("_id$"),
		post("tickets/~ticket~/comment.json", "comment", ""),
		post("tickets/9999999/comment.json", "comment", "x"),
		post("tickets/~ticket~/comment.json", "comment", "@nobody {{id}} #comment\r\n#watch\n[am-1]").but("_id$"),
		get("tickets/~ticket~.json").but(spam),
		get("records/comment/search.json", "q", "on.ticket:(id:~ticket~)"),
		get("records/comment/search.json", "q", "on.ticket:(id:~ticket~) author.worker:(id:~agent~)"),
	}
}

func snippetAsks() []ask {
	made := func(title, content, context string) ask {
		return post("records/snippet/create.json", "fields[title]", title, "fields[context]", context, "fields[content]", content,
			"fields[owner__context]", "app", "fields[owner_id]", "0").keep("snippet", "id").but("permalink")
	}
	show := func(form ...string) ask { return get("snippets/~snippet~.json", form...) }
	asks := []ask{
		compose("t").but(spam),
		made("~stem~ Notice", "{{prompt_customer}} owes {{prompt_amount|default('nothing')}}, {{mask}} {{nosuch}}.", ticketContext),
		show(), show("context_id", "~ticket~").but("content"), show("context_id", "~ticket~", "prompts[prompt_customer]", "Jan & Zn <b>").but("content"),
		show("prompts[prompt_customer]", "Jan & Zn <b>", "prompts[prompt_amount]", "{{mask}}"), show("prompts[prompt_]", ""),
		show("context_id", "9999999"),
	}
	for _, q := range []string{
		`title:"~stem~ Notice"`, `title:"*~stem~*"`, `title:~stem~`, `title:"~stem~"`, `~stem~`, `"~stem~ Notice"`, `title:"~stem~ notice" type:ticket`,
		`title:"~stem~ notice" context:ticket`, `content:owes title:~stem~`,
	} {
		asks = append(asks, get("records/snippet/search.json", "q", q), post("snippets/search.json", "q", q))
	}
	for _, template := range []string{
		"{{ oops {% ", "{{ prompt_amount", "{% if mask %}x", "{{ mask|nosuchfilter }}", "{% if prompt_amount %}yes{% else %}no{% endif %}",
		"a\n{% if prompt_amount == 'x' %}\nyes\n{% endif %}\nb", "{{ prompt_amount|upper }} {{'lit'}} {{ prompt_amount | default(\"d\") }}", "{# note #}x", "x {{ }}",
		"{% if not prompt_amount %}none{% endif %}|{{prompt_zero|default('d')}}|", "{{prompt_amount|trim}}{{ prompt_amount|capitalize }}{{prompt_amount|raw}}",
	} {
		asks = append(asks, made("~stem~ b", template, ticketContext), show("prompts[prompt_amount]", " x<é "), show("prompts[prompt_amount]", "x"), show("prompts[prompt_x]", "0", "prompts[prompt_zero]", "0"))
	}
	return append(asks,
		made("~stem~ w", "x {{mask}}", "ticket"), show("context_id", "~ticket~"), show("prompts[a]", "b"),
		put("records/snippet/~snippet~.json", "fields[context]", ticketContext), show("context_id", "~ticket~").but("content"),
		made("~stem~ p", "plain {{prompt_a}}", ""), show("context_id", "~ticket~"), show("prompts[prompt_a]", "b"),
		made("", "x", ticketContext), made("x", "", ticketContext),
		post("records/snippet/create.json", "fields[title]", "x", "fields[content]", "y"),
		get("snippets/9999999.json"), get("records/snippet/9999999.json"),
	)
}

func errorAsks() []ask {
	return []ask{
		get("nosuch/x.json"), get("tickets/abc.json"), get("tickets/9999999.json"), get("records/nosuch/search.json"), get("records/ticket/abc.json"),
		get("records/ticket/9999999.json"), post("tickets/nosuch.json"), post("records/ticket/nosuch.json"), get("workers/nosuch.json"),
		post("tickets/merge.json"), post("tickets/merge.json", "ticket_ids[]", "~ticket~"), post("tickets/merge.json", "ticket_ids[]", "9999999"),
		get("snippets/nosuch.json"), {as: "nobody", method: "GET", path: "workers/me.json"},
		post("records/custom_field/create.json", "fields[context]", "ticket", "fields[name]", "x", "fields[type]", "S"),
		post("records/custom_field/create.json", "fields[context]", "ticket", "fields[name]", "x", "fields[type]", "S", "fields[uri]", "termination_case"),
		{method: "DELETE", path: "records/draft/9999999.json"}, put("records/snippet/9999999.json", "fields[title]", "x"),
	}
}

func outsiderAsks() []ask {
	return []ask{
		compose("o").but(spam),
		get("tickets/~ticket~.json").by("outsider"),
		get("records/ticket/~ticket~.json").by("outsider").but(spam),
		get("records/ticket/search.json", "q", `terminationCase:"~stem~-o"`).by("outsider").but(spam),
		get("records/message/search.json", "q", "ticket.id:~ticket~").by("outsider").but("storage_size"),
		put("records/ticket/~ticket~.json", "fields[status]", "w").by("outsider"),
		put("tickets/~ticket~.json", "status_id", "1").by("outsider"),
		post("tickets/reply.json", "message_id", "~first~", "content", "x").by("outsider"),
		post("tickets/~ticket~/comment.json", "comment", "x").by("outsider"),
		{as: "outsider", method: "POST", path: "tickets/compose.json", form: compose("oo").form},
		get("records/ticket/search.json", "q", `terminationCase:"~stem~-oo"`).but(spam),
		post("records/snippet/create.json", "fields[title]", "x", "fields[content]", "y", "fields[owner__context]", "app", "fields[owner_id]", "0").by("outsider"),
		get("workers/me.json").by("outsider").but(own),
		post("records/custom_field/create.json", "fields[context]", "ticket", "fields[name]", "x", "fields[type]", "S", "fields[uri]", "x_~stem~").by("outsider"),
		put("records/snippet/~snippet~.json", "fields[title]", "x").by("outsider"),
		put("records/snippet/abc.json", "fields[title]", "x"), {method: "DELETE", path: "records/draft/abc.json"}, post("records/ticket/5.json"),
	}
}

func goneAsks() []ask {
	find := func(key string) ask {
		return get("records/ticket/search.json", "q", `terminationCase:"~stem~-`+key+`"`, "expand", "custom_").but(spam + `|\.custom(_\d+)?\b`)
	}
	into, from := compose("into").but(spam), compose("from").but(spam)
	into.save["into"], from.save["from"], from.save["fromfirst"] = "id", "id", "initial_message_id"
	return []ask{
		into, from,
		post("tickets/merge.json", "ticket_ids[]", "~from~", "ticket_ids[]", "~into~").but(spam),
		find("from"), find("into"), get("tickets/~from~.json").but(spam),
		get("records/message/search.json", "q", "ticket.id:~from~"),
		get("records/message/search.json", "q", "ticket.id:~into~ sort:id").but("storage_size"),
		post("tickets/reply.json", "message_id", "~fromfirst~", "content", "after a merge", "status", "1").but(spam),
		compose("d").but(spam),
		put("records/ticket/~ticket~.json", "fields[status]", "d").but(spam),
		find("d"), get("tickets/~ticket~.json").but(spam),
		post("tickets/reply.json", "message_id", "~first~", "content", "after deleting", "status", "1").but(spam),
		compose("e").but(spam),
		{method: "DELETE", path: "tickets/~ticket~.json"}, find("e"), {method: "DELETE", path: "tickets/9999999.json"},
	}
}

// drafts are told apart by their subject; the newest is ours.
func downAsks() []ask {
	newest := get("records/draft/search.json", "q", "sort:-id", "limit", "1").keep("draft", "results.0.id").but(`total|custom_fields\.\d+`)
	note := get("records/comment/search.json", "q", "on.draft:(id:~draft~)").but(`_label|total|count|results\.0\.comment`)
	queued := get("records/draft/search.json", "q", "is.queued:yes id:~draft~").but(`custom_fields\.\d+`)
	kept := get("records/draft/search.json", "q", "is.queued:no id:~draft~")
	messages := get("records/message/search.json", "q", "ticket.id:~ticket~ sort:id", "expand", "headers,content").but("storage_size")
	notice := post("tickets/reply.json", "message_id", "~first~", "content", "Notice ~stem~", "status", "1", "is_forward", "1",
		"to", "c-m@~stem~.example", "subject", "Account Termination", "worker_id", "~agent~").but(spam)
	plain := post("tickets/reply.json", "message_id", "~first~", "content", "Plain ~stem~", "status", "1").but(spam)
	ticket := get("tickets/~ticket~.json").but(spam)
	do := func(what string) ask { return ask{do: what} }
	lost := compose("lost", "dont_send", "0").but(spam)
	lost.save = nil
	asks := []ask{do("sql strict"), do("mail-down"), compose("m").but(spam), notice, ticket, messages, newest, note, queued, kept, plain, newest, note, lost, newest, note, queued,
		get("records/draft/~draft~.json").but(`custom_fields\.\d+`),
		do("mail-up"), do("cron"), get("records/draft/search.json", "q", "id:~draft~"), get("records/ticket/search.json", "q", `terminationCase:"~stem~-lost"`).but(spam),
		do("sql lax"), do("mail-down"), compose("n").but(spam), notice, messages, newest, note, queued, do("cron"), queued, note, ticket,
		do("mail-up"), do("cron"), get("records/draft/search.json", "q", "id:~draft~"), messages, ticket,
		do("mail-down"), plain, newest, note, queued, {method: "DELETE", path: "records/draft/~draft~.json"}, get("records/draft/~draft~.json"),
	}
	for _, mode := range []string{"reject-rcpt", "tempfail", "reject-data", "drop-after-data"} {
		for _, sql := range []string{"strict", "lax"} {
			asks = append(asks, do("mail-up"), do("sql "+sql), compose(mode).but(spam), do("mail "+mode), notice, messages, newest, note, queued, ticket, do("mail-up"))
		}
	}
	return append(asks, do("mail-up"), do("cron"), do("sql strict"))
}
