// vcsim: govmomi's simulator of a vCenter, with an inventory for our tests. Prints its URL when it answers; SIGTERM ends
// it.
//
// The inventory: two datacenters with a cluster of three hosts each, a datastore cluster, a distributed port group, and
// an opaque network; every machine is off.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	_ "github.com/vmware/govmomi/pbm/simulator"
	"github.com/vmware/govmomi/simulator"
)

func fail(err error) {
	fmt.Fprintln(os.Stderr, "vcsim:", err)
	os.Exit(1)
}

func main() {
	model := simulator.VPX()
	model.Autostart = false
	listen := flag.String("listen", "127.0.0.1:0", "address and port")
	user := flag.String("user", "", "name of the one account")
	password := flag.String("password-file", "", "file with its password")
	cert := flag.String("cert", "", "PEM file of the server's certificate")
	key := flag.String("key", "", "PEM file of its key")
	flag.IntVar(&model.Datacenter, "datacenters", 2, "")
	flag.IntVar(&model.Machine, "machines", 2, "of each resource pool")
	flag.IntVar(&model.Pod, "pods", 1, "datastore clusters of each datacenter")
	flag.IntVar(&model.OpaqueNetwork, "opaque-networks", 1, "of each datacenter")
	flag.IntVar(&model.DelayConfig.Delay, "delay", 0, "milliseconds before every answer")
	flag.Parse()

	secret, err := os.ReadFile(*password)
	if err != nil {
		fail(err)
	}
	pair, err := tls.LoadX509KeyPair(*cert, *key)
	if err != nil {
		fail(err)
	}
	if err := model.Create(); err != nil {
		fail(err)
	}
	model.Service.Listen = &url.URL{Host: *listen, User: url.UserPassword(*user, string(secret))}
	model.Service.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server := model.Service.NewServer()
	fmt.Printf("https://%s\n", server.URL.Host)

	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
	server.Close()
	model.Remove()
}
