data "integrator_profile" "example" {}

output "integrator_name" {
  value = data.integrator_profile.example.name
}
