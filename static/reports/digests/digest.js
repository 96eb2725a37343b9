// The poster: shared as a file. The text's buttons are share.js's.
import { share } from "../../core/share.js";

const picture = document.querySelector("[data-share-file]");
const link = picture && document.getElementById(picture.dataset.shareFile);
if (picture && navigator.canShare) {
  // Fetched before the tap: a phone lets a page share only at once after it.
  const answer = await fetch(link.href);
  const name = document.getElementById("download").download;
  const files = [new File([await answer.blob()], name, { type: "image/png" })];
  if (answer.ok && navigator.canShare({ files })) {
    picture.hidden = false;
    picture.addEventListener("click", () => share({ files }, "poster"));
  }
}
