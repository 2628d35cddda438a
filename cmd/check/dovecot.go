package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"net"
	"net/url"
	"strings"
	"time"
)

// dovecotConfig runs Dovecot 2.3 (Debian 12) wholly as one ordinary user, without chroot, TLS or a second account. Any
// user name may log in with the one password and gets an empty mailbox of its own.
const dovecotConfig = `
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{dir}/mail/%u
first_valid_uid = 1
passdb {
  driver = static
  args = password={password}
}
userdb {
  driver = static
  args = uid={user} gid={group} home={dir}/home/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = {port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
`

// startDovecot runs an IMAP server with throw-away mailboxes on a free loopback port. The value is an address like
// imap://test:password@127.0.0.1:1143; every other user name works with that password too.
func startDovecot(ctx context.Context, program string) (*service, error) {
	ws, err := newWorkshop("dovecot")
	if err != nil {
		return nil, err
	}
	s, err := dovecotIn(ctx, ws, program)
	if err != nil {
		ws.clear()
	}
	return s, err
}

func dovecotIn(ctx context.Context, ws workshop, program string) (*service, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	group, err := ws.user.group()
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	text := strings.NewReplacer("{dir}", ws.dir, "{user}", ws.user.name, "{group}", group,
		"{port}", port, "{password}", password).Replace(dovecotConfig)
	config, err := ws.write("dovecot.conf", text)
	if err != nil {
		return nil, err
	}
	at := url.URL{Scheme: "imap", User: url.UserPassword("test", password), Host: "127.0.0.1:" + port}
	return startService(ctx, ws, at.String(), imapGreets(at.Host), program, "-F", "-c", config)
}

// imapGreets tells whether an IMAP server says at that address that it is ready.
func imapGreets(address string) func() bool {
	return func() bool {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			return false
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
			return false
		}
		greeting, err := bufio.NewReader(conn).ReadString('\n')
		return err == nil && strings.HasPrefix(greeting, "* OK")
	}
}
