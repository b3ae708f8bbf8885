// Wakes the components that do more with scripts than without.
import { initAll } from "./vendor/govuk-frontend.min.js";

initAll();
