// Comfort where JavaScript is on; every screen works without it.
import "./js/menu.js";
import "./js/copy.js";
import "./js/confirm.js";
import "./js/form.js";
import "./js/text.js";
import "./js/list.js";
