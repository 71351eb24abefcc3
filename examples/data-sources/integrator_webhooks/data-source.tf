data "integrator_webhooks" "example" {}

output "disabled_webhooks" {
  value = [for webhook in data.integrator_webhooks.example.webhooks : webhook.url if webhook.disabled]
}
