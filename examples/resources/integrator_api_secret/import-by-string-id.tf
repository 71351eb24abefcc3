import {
  to = integrator_api_secret.example
  id = "int_1a2b3c"
}
