// A small load client for a Kubernetes-compatible API server. It speaks plain
// HTTP over TLS (HTTP/2, or HTTP/1.1 with -http1), one request at a time per client.
//
//	load -env FILE COMMAND     FILE: what ../up writes (URL, CA, CERT, KEY; HTTP1=true as -http1)
//	load -url U -ca F -cert F -key F COMMAND
//
// Commands:
//
//	create  -clients N -seconds S   creates VirtualMachines of about -bytes
//	status  -clients N -seconds S   PUTs /status of VirtualMachines made before
//	get     -clients N -seconds S   GETs single VirtualMachines
//	fill    -count N                creates until there are N
//	list                            lists all: plain, from the cache, pages of 500, as a Table
//	watch   -watchers W -rate R -seconds S   fan-out latency of R status writes a second
//	clean                           deletes the namespace's VirtualMachines
//	fsync   -dir D -seconds S       no server: appends 4 KiB to a file and syncs it, again and again
//
// Each command prints one line of JSON for each measurement.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	envFile   = flag.String("env", "", "file with URL=, CA=, CERT=, KEY=, HTTP1= lines")
	server    = flag.String("url", "", "server address")
	caFile    = flag.String("ca", "", "authority's certificate")
	certFile  = flag.String("cert", "", "client certificate")
	keyFile   = flag.String("key", "", "client key")
	http1     = flag.Bool("http1", false, "HTTP/1.1 instead of HTTP/2")
	namespace = flag.String("namespace", "load", "namespace to work in (made if missing)")
	clients   = flag.Int("clients", 1, "clients side by side, each with its own connection")
	seconds   = flag.Float64("seconds", 10, "how long")
	size      = flag.Int("bytes", 3000, "size of a VirtualMachine as sent")
	count     = flag.Int("count", 10000, "for fill: how many objects there shall be")
	watchers  = flag.Int("watchers", 1, "for watch: how many watches")
	rate      = flag.Float64("rate", 200, "for watch: writes a second")
	directory = flag.String("dir", ".", "for fsync: where")
	repeat    = flag.Int("repeat", 3, "for list: how often each list is taken")
)

const group = "/apis/infra.virtrigaud.io/v1beta1"

func collection() string { return *server + group + "/namespaces/" + *namespace + "/virtualmachines" }

func main() {
	log.SetFlags(0)
	flag.Parse()
	if flag.NArg() < 1 {
		flag.Usage()
		os.Exit(2)
	}
	command := flag.Arg(0)
	// Flags may also follow the command.
	if err := flag.CommandLine.Parse(flag.Args()[1:]); err != nil {
		os.Exit(2)
	}
	if command == "fsync" {
		fsync()
		return
	}
	readEnv()
	ensureNamespace()
	switch command {
	case "create":
		made := atomic.Int64{}
		run := fmt.Sprintf("%x", time.Now().UnixNano())
		measure(command, func(c *http.Client, worker int, _ *rand.Rand) error {
			name := fmt.Sprintf("c-%s-%d-%d", run, worker, made.Add(1))
			_, _, err := send(c, "POST", collection(), machine(name, 0), nil)
			return err
		})
	case "status":
		names, versions := existing(*clients * 4)
		measure(command, func(c *http.Client, worker int, r *rand.Rand) error {
			index := worker*4 + r.Intn(4) // each client has its own four: no conflicts
			version, err := writeStatus(c, names[index], versions[index], r.Int())
			versions[index] = version
			return err
		})
	case "get":
		names, _ := existing(1000)
		measure(command, func(c *http.Client, _ int, r *rand.Rand) error {
			_, _, err := send(c, "GET", collection()+"/"+names[r.Intn(len(names))], nil, nil)
			return err
		})
	case "fill":
		fill()
	case "list":
		list()
	case "watch":
		watch()
	case "clean":
		_, _, err := send(newClient(), "DELETE", collection(), nil, nil)
		check(err)
	default:
		log.Fatalf("no command %q", command)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func readEnv() {
	if *envFile == "" {
		return
	}
	text, err := os.ReadFile(*envFile)
	check(err)
	targets := map[string]*string{"URL": server, "CA": caFile, "CERT": certFile, "KEY": keyFile}
	for _, line := range strings.Split(string(text), "\n") {
		key, value, found := strings.Cut(line, "=")
		if found && targets[key] != nil {
			*targets[key] = value
		}
		*http1 = *http1 || line == "HTTP1=true"
	}
}

// newClient has a connection of its own, so that n clients are n connections.
func newClient() *http.Client {
	settings := &tls.Config{}
	if *caFile != "" {
		text, err := os.ReadFile(*caFile)
		check(err)
		settings.RootCAs = x509.NewCertPool()
		settings.RootCAs.AppendCertsFromPEM(text)
	}
	if *certFile != "" {
		pair, err := tls.LoadX509KeyPair(*certFile, *keyFile)
		check(err)
		settings.Certificates = []tls.Certificate{pair}
	}
	transport := &http.Transport{TLSClientConfig: settings, MaxIdleConnsPerHost: 4, DisableCompression: true}
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(*http1)
	transport.Protocols.SetHTTP2(!*http1)
	return &http.Client{Transport: transport}
}

type refusal struct {
	status int
	body   string
}

func (r *refusal) Error() string { return fmt.Sprintf("status %d: %.300s", r.status, r.body) }

func send(c *http.Client, method, target string, body []byte, header http.Header) ([]byte, http.Header, error) {
	request, err := http.NewRequest(method, target, bytes.NewReader(body))
	check(err)
	for key, values := range header {
		request.Header[key] = values
	}
	if body != nil && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, nil, err
	}
	if answer.StatusCode >= 300 {
		return nil, nil, &refusal{answer.StatusCode, string(text)}
	}
	return text, answer.Header, nil
}

func ensureNamespace() {
	body := []byte(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"` + *namespace + `"}}`)
	_, _, err := send(newClient(), "POST", *server+"/api/v1/namespaces", body, nil)
	if r, ok := err.(*refusal); ok && r.status == 409 {
		return
	}
	check(err)
}

// machine is a VirtualMachine with disks, networks and user data that pad it to -bytes.
func machine(name string, number int) []byte {
	disks, networks := []any{}, []any{}
	for i := range 3 {
		disks = append(disks, map[string]any{"name": fmt.Sprintf("disk%d", i), "sizeGiB": 20 + i, "type": "thin"})
		networks = append(networks, map[string]any{"name": fmt.Sprintf("net%d", i), "ipAddress": fmt.Sprintf("10.0.%d.%d", i, number%250+1)})
	}
	object := map[string]any{
		"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine",
		"metadata": map[string]any{"name": name, "labels": map[string]any{"app": "load", "shard": fmt.Sprint(number % 10)},
			"annotations": map[string]any{"example.com/owner": "load client"}},
		"spec": map[string]any{"classRef": map[string]any{"name": "small"}, "providerRef": map[string]any{"name": "lab"},
			"imageRef": map[string]any{"name": "debian"}, "powerState": "On", "disks": disks, "networks": networks,
			"tags": []string{"one", "two"}, "userData": map[string]any{"cloudInit": map[string]any{"inline": ""}}},
	}
	text, _ := json.Marshal(object)
	if pad := *size - len(text); pad > 0 {
		object["spec"].(map[string]any)["userData"].(map[string]any)["cloudInit"].(map[string]any)["inline"] =
			strings.Repeat("#cloud-config line\n", pad/20+1)[:max(pad-pad/20, 0)]
		text, _ = json.Marshal(object)
	}
	return text
}

type meta struct {
	Metadata struct {
		Name, ResourceVersion, Continue string
	}
	Items []struct {
		Metadata struct{ Name, ResourceVersion string }
	}
}

// existing returns up to n objects, making what is missing.
func existing(n int) (names, versions []string) {
	c := newClient()
	for {
		text, _, err := send(c, "GET", fmt.Sprintf("%s?limit=%d", collection(), n), nil, nil)
		check(err)
		var found meta
		check(json.Unmarshal(text, &found))
		if len(found.Items) >= n {
			for _, item := range found.Items {
				names, versions = append(names, item.Metadata.Name), append(versions, item.Metadata.ResourceVersion)
			}
			return names, versions
		}
		for i := len(found.Items); i < n; i++ {
			_, _, err := send(c, "POST", collection(), machine(fmt.Sprintf("e-%06d-%x", i, time.Now().UnixNano()), i), nil)
			check(err)
		}
	}
}

// writeStatus replaces the status, as a controller does: whole object with its version.
func writeStatus(c *http.Client, name, version string, number int) (string, error) {
	var object map[string]any
	check(json.Unmarshal(machine(name, number), &object))
	object["metadata"].(map[string]any)["resourceVersion"] = version
	object["status"] = map[string]any{"phase": "Running", "powerState": "On", "id": name,
		"message": fmt.Sprint(number, " ", time.Now().UnixNano()), "ips": []string{fmt.Sprintf("10.1.%d.%d", number/250%250, number%250)},
		"conditions": []any{map[string]any{"type": "Ready", "status": "True", "reason": "Running", "message": "running",
			"lastTransitionTime": time.Now().UTC().Format(time.RFC3339)}}}
	body, _ := json.Marshal(object)
	text, _, err := send(c, "PUT", collection()+"/"+name+"/status", body, nil)
	if err != nil {
		return version, err
	}
	var now meta
	check(json.Unmarshal(text, &now))
	return now.Metadata.ResourceVersion, nil
}

// measure runs the operation on all clients for -seconds and prints the rate and latencies.
func measure(what string, operation func(*http.Client, int, *rand.Rand) error) {
	results, failures := make([][]time.Duration, *clients), make([]int, *clients)
	var first atomic.Value
	var group sync.WaitGroup
	start := make(chan struct{})
	var until time.Time
	for worker := range *clients {
		group.Add(1)
		go func() {
			defer group.Done()
			c, r := newClient(), rand.New(rand.NewSource(int64(worker)))
			_ = operation(c, worker, r) // connects
			<-start
			for time.Now().Before(until) {
				began := time.Now()
				if err := operation(c, worker, r); err != nil {
					failures[worker]++
					first.CompareAndSwap(nil, err.Error())
				} else {
					results[worker] = append(results[worker], time.Since(began))
				}
			}
		}()
	}
	time.Sleep(500 * time.Millisecond)
	began := time.Now()
	until = began.Add(time.Duration(*seconds * float64(time.Second)))
	close(start)
	group.Wait()
	taken := time.Since(began).Seconds()
	all := slices.Concat(results...)
	failed := 0
	for _, f := range failures {
		failed += f
	}
	report(map[string]any{"what": what, "clients": *clients, "perSecond": round(float64(len(all)) / taken), "failed": failed, "firstFailure": first.Load()}, all)
}

func round(x float64) float64 { return float64(int(x*100+0.5)) / 100 }

func report(line map[string]any, latencies []time.Duration) {
	slices.Sort(latencies)
	at := func(q float64) float64 {
		if len(latencies) == 0 {
			return 0
		}
		return round(float64(latencies[min(int(q*float64(len(latencies))), len(latencies)-1)].Microseconds()) / 1000)
	}
	line["p50ms"], line["p99ms"], line["maxms"] = at(0.5), at(0.99), at(1)
	if *http1 {
		line["http"] = 1.1
	} else {
		line["http"] = 2
	}
	if line["firstFailure"] == nil {
		delete(line, "firstFailure")
	}
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}

func fsync() {
	file, err := os.CreateTemp(*directory, "fsync")
	check(err)
	defer os.Remove(file.Name())
	block := bytes.Repeat([]byte{7}, 4096)
	var latencies []time.Duration
	for until := time.Now().Add(time.Duration(*seconds * float64(time.Second))); time.Now().Before(until); {
		began := time.Now()
		_, err = file.Write(block)
		check(err)
		check(syscall.Fdatasync(int(file.Fd())))
		latencies = append(latencies, time.Since(began))
	}
	report(map[string]any{"what": "fdatasync of 4 KiB", "perSecond": round(float64(len(latencies)) / *seconds)}, latencies)
}

func fill() {
	c := newClient()
	text, _, err := send(c, "GET", collection()+"?limit=1", nil, nil)
	check(err)
	var found struct {
		Items    []any
		Metadata struct{ RemainingItemCount int }
	}
	check(json.Unmarshal(text, &found))
	have := len(found.Items) + found.Metadata.RemainingItemCount
	var next atomic.Int64
	next.Store(int64(have))
	began := time.Now()
	var group sync.WaitGroup
	for range *clients {
		group.Add(1)
		go func() {
			defer group.Done()
			c := newClient()
			for {
				n := int(next.Add(1))
				if n > *count {
					return
				}
				_, _, err := send(c, "POST", collection(), machine(fmt.Sprintf("f-%07d-%x", n, began.UnixNano()), n), nil)
				check(err)
			}
		}()
	}
	group.Wait()
	taken := time.Since(began).Seconds()
	report(map[string]any{"what": "fill", "from": have, "to": *count, "perSecond": round(float64(max(*count-have, 0)) / taken), "seconds": round(taken)}, nil)
}

func list() {
	table := http.Header{"Accept": {"application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}}
	c := newClient()
	for _, kind := range []struct {
		name, query string
		header      http.Header
	}{{"plain", "", nil}, {"from the cache", "?resourceVersion=0", nil}, {"pages of 500", "?limit=500", nil},
		{"table", "", table}, {"table pages of 500", "?limit=500", table}} {
		var latencies []time.Duration
		var length, pages int
		for range *repeat {
			began := time.Now()
			length, pages = 0, 0
			next := ""
			for {
				target := collection() + kind.query
				if next != "" {
					target += "&continue=" + url.QueryEscape(next)
				}
				text, _, err := send(c, "GET", target, nil, kind.header)
				check(err)
				length += len(text)
				pages++
				next = token(text)
				if next == "" {
					break
				}
			}
			latencies = append(latencies, time.Since(began))
		}
		report(map[string]any{"what": "list " + kind.name, "bytes": length, "requests": pages}, latencies)
	}
}

// token finds metadata.continue without parsing the whole list.
func token(text []byte) string {
	const key = `"continue":"`
	if at := bytes.Index(text, []byte(key)); at >= 0 {
		rest := text[at+len(key):]
		return string(rest[:bytes.IndexByte(rest, '"')])
	}
	return ""
}

// watch writes statuses at a fixed rate; each message carries the time of sending,
// and each watcher notes how long after that its event came.
func watch() {
	names, versions := existing(100)
	text, _, err := send(newClient(), "GET", collection()+"?limit=1", nil, nil)
	check(err)
	var found meta
	check(json.Unmarshal(text, &found))
	from := found.Metadata.ResourceVersion
	context, cancel := context.WithCancel(context.Background())
	latencies := make([][]time.Duration, *watchers)
	var group, ready sync.WaitGroup
	for w := range *watchers {
		group.Add(1)
		ready.Add(1)
		go func() {
			defer group.Done()
			request, _ := http.NewRequestWithContext(context, "GET", collection()+"?watch=true&allowWatchBookmarks=true&resourceVersion="+from, nil)
			answer, err := newClient().Do(request)
			ready.Done()
			if err != nil {
				log.Print(err)
				return
			}
			defer answer.Body.Close()
			lines := bufio.NewReaderSize(answer.Body, 1<<16)
			for {
				line, err := lines.ReadSlice('\n')
				came := time.Now()
				if err != nil {
					return
				}
				// "message":"NUMBER NANOSECONDS" lies near the line's end.
				at := bytes.LastIndex(line, []byte(`"message":"`))
				for at >= 0 && bytes.HasPrefix(line[at:], []byte(`"message":"running`)) {
					at = bytes.LastIndex(line[:at], []byte(`"message":"`))
				}
				if at < 0 {
					continue
				}
				rest := line[at+len(`"message":"`):]
				var number, sent int64
				if n, _ := fmt.Sscanf(string(rest[:min(64, len(rest))]), "%d %d", &number, &sent); n == 2 {
					latencies[w] = append(latencies[w], came.Sub(time.Unix(0, sent)))
				}
			}
		}()
	}
	ready.Wait()
	time.Sleep(500 * time.Millisecond)
	for w := range latencies {
		latencies[w] = nil
	}
	began := time.Now()
	period := time.Duration(float64(time.Second) / *rate)
	var writers sync.WaitGroup
	var written atomic.Int64
	lanes := min(16, len(names))
	for lane := range lanes {
		writers.Add(1)
		go func() {
			defer writers.Done()
			c := newClient()
			for turn := lane; ; turn += lanes {
				due := began.Add(time.Duration(turn) * period)
				if due.Sub(began).Seconds() > *seconds {
					return
				}
				time.Sleep(time.Until(due))
				index := lane + lanes*(turn/lanes%(len(names)/lanes))
				version, err := writeStatus(c, names[index], versions[index], turn)
				check(err)
				versions[index] = version
				written.Add(1)
			}
		}()
	}
	writers.Wait()
	taken := time.Since(began).Seconds()
	time.Sleep(time.Second)
	cancel()
	group.Wait()
	all := slices.Concat(latencies...)
	report(map[string]any{"what": "watch fan-out", "watchers": *watchers, "writes": written.Load(), "writesPerSecond": round(float64(written.Load()) / taken),
		"events": len(all), "expected": int(written.Load()) * *watchers}, all)
}
