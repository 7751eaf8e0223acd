// <study-route route="hour">: a button with which a reader follows a route, or leaves it.
import { largeButton, Live, make, routes } from "./course.js";
import { read, write } from "./store.js";

class Route extends Live {
  show() {
    const { key, name } = routes.find((route) => route.key === this.getAttribute("route"));
    if (!this.button) {
      const turn = () => write({ ...read(), route: read().route === key ? "" : key });
      this.button = largeButton(`Follow the route “${name}”`, turn);
      this.state = make("p", { "aria-live": "polite" });
      this.append(this.button, this.state);
    }
    const chosen = read().route === key;
    this.button.setAttribute("aria-pressed", chosen);
    this.state.textContent = chosen ? "On its pages, Next and Previous at the foot now lead along this route." : "";
  }
}

customElements.define("study-route", Route);
