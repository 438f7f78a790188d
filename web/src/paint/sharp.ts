/** A canvas that is as sharp as the screen: drawn on in CSS pixels, as large as its element. */
export class Sharp {
  readonly element = document.createElement("canvas");
  readonly pen: CanvasRenderingContext2D;
  width = 0;
  height = 0;

  constructor(opaque = false) {
    const pen = this.element.getContext("2d", { alpha: !opaque });
    if (!pen) throw new Error("this browser has no canvas");
    this.pen = pen;
  }

  /** Take on a size in CSS pixels; gives whether it is another. What was drawn is then gone. */
  resize(width: number, height: number): boolean {
    const ratio = devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.width = width;
    this.height = height;
    if (this.element.width === wide && this.element.height === high) return false;
    this.element.width = wide;
    this.element.height = high;
    this.element.style.width = `${width}px`;
    this.element.style.height = `${height}px`;
    return true;
  }

  /** Clear all of it and set the scale; gives what to draw with. */
  begin(): CanvasRenderingContext2D {
    const ratio = this.width > 0 ? this.element.width / this.width : 1;
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.clearRect(0, 0, this.element.width, this.element.height);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return this.pen;
  }
}

/** Run *work* once before the next picture of the screen, however often it is asked for. */
export function onceAFrame(work: () => void): { ask(): void; cancel(): void } {
  let asked = 0;
  return {
    ask() {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        work();
      });
    },
    cancel() {
      cancelAnimationFrame(asked);
      asked = 0;
    },
  };
}
