package storetest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy stands between a store and its server, and breaks the way there as networks and fail-overs do.
type Proxy struct {
	Address string // leads to the server through the proxy

	server   string
	listener net.Listener

	mu    sync.Mutex
	down  bool
	hide  []byte // an answer to a request with this in it is kept back, and the connection broken
	conns map[net.Conn]bool
}

// NewProxy stands before the server of an address until the test ends.
func NewProxy(t testing.TB, address string) *Proxy {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{server: u.Host, listener: l, conns: map[net.Conn]bool{}}
	u.Host = l.Addr().String()
	p.Address = u.String()
	go p.serve()
	t.Cleanup(func() { _ = l.Close(); p.Cut() })
	return p
}

// Cut breaks every connection and lets no new one through until Mend: the server is away.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	for c := range p.conns {
		_ = c.Close()
	}
}

// Mend lets connections through again.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = false
}

// HideAnswerTo lets the next request with this text reach the server, and breaks the connection instead of bringing the
// answer.
func (p *Proxy) HideAnswerTo(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hide = []byte(text)
}

func (p *Proxy) serve() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.carry(c)
	}
}

func (p *Proxy) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.enter(client, server) {
		return
	}
	defer p.leave(client, server)
	hidden := make(chan struct{})
	go func() {
		_, _ = io.Copy(client, gate{server, hidden}) // either side's end ends both
		_ = client.Close()
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := client.Read(buf)
		if n > 0 {
			if p.hides(buf[:n]) {
				close(hidden)
				_, _ = server.Write(buf[:n])
				_, _ = server.Read(make([]byte, 1)) // it has answered
				return
			}
			if _, err := server.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// gate is a server's side that says nothing any more once it is closed.
type gate struct {
	net.Conn
	closed <-chan struct{}
}

func (g gate) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	select {
	case <-g.closed:
		return 0, errors.New("hidden")
	default:
		return n, err
	}
}

func (p *Proxy) hides(request []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hide == nil || !bytes.Contains(request, p.hide) {
		return false
	}
	p.hide = nil
	return true
}

func (p *Proxy) enter(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return false
	}
	for _, c := range conns {
		p.conns[c] = true
	}
	return true
}

func (p *Proxy) leave(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		delete(p.conns, c)
	}
}
