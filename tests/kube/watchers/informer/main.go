// tests/kube/watchers/informer prints what a client-go informer tells of our VirtualMachines, a line each:
//
//	informer KUBECONFIG   "synced" once, then "NAME VALUE" (the label "n") when one is added or changed, "NAME gone"
//	                      when one is removed; ends when its standard input does
package main

import (
	"bufio"
	"fmt"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	check(err)
	client, err := dynamic.NewForConfig(config)
	check(err)
	factory := dynamicinformer.NewDynamicSharedInformerFactory(client, 0)
	machines := schema.GroupVersionResource{Group: "infra.virtrigaud.io", Version: "v1beta1", Resource: "virtualmachines"}
	informer := factory.ForResource(machines).Informer()
	show := func(object any, gone bool) {
		if last, isLast := object.(cache.DeletedFinalStateUnknown); isLast {
			object = last.Obj
		}
		machine := object.(metav1.Object)
		value := machine.GetLabels()["n"]
		if gone {
			value = "gone"
		}
		fmt.Println(machine.GetName(), value)
	}
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { show(object, false) },
		UpdateFunc: func(_, object any) { show(object, false) },
		DeleteFunc: func(object any) { show(object, true) },
	})
	check(err)
	stop := make(chan struct{})
	factory.Start(stop)
	cache.WaitForCacheSync(stop, informer.HasSynced)
	fmt.Println("synced")
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
	}
	close(stop)
}
