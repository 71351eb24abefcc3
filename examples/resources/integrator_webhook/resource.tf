resource "integrator_webhook" "example" {
  url    = "https://example.com/webhooks"
  events = ["payment.completed", "payment.refunded"]
}
