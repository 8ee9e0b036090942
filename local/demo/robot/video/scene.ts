import type { Pose } from '../kinematics.ts';

/** A picture in planes of 4:2:0: a byte of brightness a pixel, and of each colour difference one for four pixels. */
export type Picture = {
  readonly width: number;
  readonly height: number;
  /** Y, then U, then V. */
  readonly data: Uint8Array;
};

type Colour = readonly [y: number, u: number, v: number];
type Post = { readonly xM: number; readonly yM: number; readonly radiusM: number; readonly colour: Colour };

const sky: Colour = [190, 142, 118];
const tiles: readonly [Colour, Colour] = [
  [96, 122, 132],
  [118, 122, 130],
];
const posts: readonly Post[] = [
  { xM: 4, yM: 0, radiusM: 0.25, colour: [110, 90, 200] },
  { xM: 2.5, yM: 3, radiusM: 0.3, colour: [150, 60, 150] },
  { xM: -2, yM: 3.5, radiusM: 0.25, colour: [120, 180, 90] },
  { xM: -4, yM: -1, radiusM: 0.3, colour: [170, 60, 110] },
  { xM: 0.5, yM: -4, radiusM: 0.25, colour: [90, 170, 120] },
  { xM: 4.5, yM: -3, radiusM: 0.35, colour: [140, 110, 160] },
];
const cameraHeightM = 0.5;
const postHeightM = 1.2;
/** Of the picture's width, as the distance of the image plane: a view of some 80 degrees. */
const focalWidths = 0.6;
const farthestM = 30;

/** What the camera on a rover sees of its field: tiles of a metre, and posts to steer by. */
export function paintScene(picture: Picture, pose: Pose): void {
  const { width, height, data } = picture;
  const focal = width * focalWidths;
  const horizon = Math.floor(height * 0.42);
  const set = setter(picture);
  const [cos, sin] = [Math.cos(pose.headingRad), Math.sin(pose.headingRad)];
  data.fill(sky[0], 0, width * horizon);
  for (let row = 0; row < height; row += 1) {
    const distance = row > horizon ? (cameraHeightM * focal) / (row - horizon) : farthestM;
    for (let column = 0; column < width; column += 1) {
      if (row <= horizon) {
        set(column, row, sky);
        continue;
      }
      const side = ((width / 2 - column) * distance) / focal;
      const xM = pose.xM + cos * distance - sin * side;
      const yM = pose.yM + sin * distance + cos * side;
      set(column, row, tiles[(Math.floor(xM) + Math.floor(yM)) & 1] ?? tiles[0]);
    }
  }
  paintPosts({ picture, pose, focal, horizon, set });
}

function paintPosts(of: {
  readonly picture: Picture;
  readonly pose: Pose;
  readonly focal: number;
  readonly horizon: number;
  readonly set: (column: number, row: number, colour: Colour) => void;
}): void {
  const { picture, pose, focal, horizon, set } = of;
  const seen = posts
    .map((post) => ({ post, ...fromCamera(post, pose) }))
    .filter(({ aheadM }) => aheadM > 0.2)
    // What is farther is painted first, and covered by what is nearer.
    .sort((a, b) => b.aheadM - a.aheadM);
  for (const { post, aheadM, leftM } of seen) {
    const middle = picture.width / 2 - (leftM * focal) / aheadM;
    const half = (post.radiusM * focal) / aheadM;
    const top = Math.max(0, Math.round(horizon - ((postHeightM - cameraHeightM) * focal) / aheadM));
    const bottom = Math.min(picture.height - 1, Math.round(horizon + (cameraHeightM * focal) / aheadM));
    const first = Math.max(0, Math.round(middle - half));
    const last = Math.min(picture.width - 1, Math.round(middle + half));
    for (let column = first; column <= last; column += 1) {
      // Round, as the light falls on it.
      const shade = Math.cos((column - middle) / Math.max(1, half)) * 0.5 + 0.5;
      const [y, u, v] = post.colour;
      const colour: Colour = [Math.round(y * (0.6 + 0.6 * shade)), u, v];
      for (let row = top; row <= bottom; row += 1) set(column, row, colour);
    }
  }
}

function fromCamera({ xM, yM }: Post, pose: Pose): { aheadM: number; leftM: number } {
  const [dx, dy] = [xM - pose.xM, yM - pose.yM];
  const [cos, sin] = [Math.cos(pose.headingRad), Math.sin(pose.headingRad)];
  return { aheadM: dx * cos + dy * sin, leftM: dy * cos - dx * sin };
}

function setter({ width, height, data }: Picture) {
  const chroma = width * height;
  const blue = chroma;
  const red = chroma + chroma / 4;
  return (column: number, row: number, [y, u, v]: Colour): void => {
    data[row * width + column] = y;
    const place = (row >> 1) * (width >> 1) + (column >> 1);
    data[blue + place] = u;
    data[red + place] = v;
  };
}
