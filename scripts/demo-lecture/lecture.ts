// The demo lecture itself: what each slide holds, and what is said while each of its states is on screen. Plain data; nothing here
// knows how slides are drawn or how speech is made. One string of `say` is one caption cue, spoken in one breath.

export type Theme = 'theory' | 'practice';

export type SlideContent =
  | {
      readonly kind: 'cover';
      readonly theme: Theme;
      readonly title: string;
      readonly subtitle: string;
      readonly note: string;
    }
  | { readonly kind: 'bullets'; readonly theme: Theme; readonly title: string; readonly items: readonly Item[] }
  | { readonly kind: 'formulas'; readonly theme: Theme; readonly title: string; readonly items: readonly Item[] }
  | {
      readonly kind: 'table';
      readonly theme: Theme;
      readonly title: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
      readonly note: string;
    }
  | {
      readonly kind: 'code';
      readonly theme: Theme;
      readonly title: string;
      readonly code: readonly string[];
      readonly note: string;
    }
  | {
      readonly kind: 'curves';
      readonly theme: Theme;
      readonly title: string;
      readonly axes: Axes;
      readonly curves: readonly Curve[];
      readonly markers: readonly Marker[];
    };

/** A line of a build: the statement, and a smaller remark below it. */
export interface Item {
  readonly text: string;
  readonly remark: string;
}

export interface Axes {
  readonly x: { readonly label: string; readonly ticks: readonly number[] };
  readonly y: { readonly label: string; readonly ticks: readonly number[]; readonly log: boolean };
}

export interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Marker {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

export interface Part {
  /** How many items or curves of a slide that builds up are visible; slides of one state ignore it. */
  readonly shown: number;
  readonly say: readonly string[];
}

export interface Scene {
  readonly slide: string;
  /** Whether the speaker inset is on screen. */
  readonly speaker: boolean;
  readonly parts: readonly Part[];
}

export const title = 'Gradient Descent: Walking Downhill';

const steps = (count: number, value: (step: number) => number): [number, number][] =>
  Array.from({ length: count + 1 }, (_, step) => [step, value(step)]);

/** The loss (w - 3)² after `step` updates from w = 0: every update multiplies the distance to 3 by 1 - 2η. */
const lossAfter = (eta: number) => (step: number) => 9 * (1 - 2 * eta) ** (2 * step);

/** Made-up but typical learning curves: training loss keeps falling, validation loss turns up again after epoch 11. */
const trainingLoss = (epoch: number) => 0.1 + 0.9 * Math.exp(-epoch / 4.5);
const validationLoss = (epoch: number) => 0.2 + 0.8 * Math.exp(-epoch / 5) + 0.00075 * epoch ** 2;

export const slides: Readonly<Record<string, SlideContent>> = {
  cover: {
    kind: 'cover',
    theme: 'theory',
    title: 'Gradient Descent',
    subtitle: 'How machines learn by walking downhill',
    note: 'A short lecture: the idea, the derivation, the practice',
  },
  learning: {
    kind: 'bullets',
    theme: 'theory',
    title: 'What does it mean to learn?',
    items: [
      { text: 'A model has weights w', remark: 'adjustable numbers inside a function' },
      { text: 'A loss L(w) says how wrong it is', remark: 'predictions compared with the true answers' },
      { text: 'Learning = making L(w) small', remark: 'a search among billions of weights' },
    ],
  },
  derivative: {
    kind: 'curves',
    theme: 'theory',
    title: 'The derivative is the slope',
    axes: {
      x: { label: 'weight w', ticks: [0, 1, 2, 3, 4, 5, 6] },
      y: { label: 'loss L(w)', ticks: [0, 2, 4, 6, 8, 10], log: false },
    },
    curves: [
      { label: 'L(w) = (w − 3)²', points: Array.from({ length: 61 }, (_, i) => [i / 10, (i / 10 - 3) ** 2]) },
      {
        label: 'slope −4 at w = 1',
        points: [
          [0, 8],
          [2, 0],
        ],
      },
    ],
    markers: [{ x: 1, y: 4, label: 'we are here' }],
  },
  rule: {
    kind: 'formulas',
    theme: 'theory',
    title: 'Deriving the update rule',
    items: [
      { text: 'L(w + d) ≈ L(w) + ∇L(w) · d', remark: 'close to w, the loss looks like a plane' },
      { text: 'choose  d = −η ∇L(w)', remark: 'a small step against the gradient' },
      { text: 'L(w + d) ≈ L(w) − η ‖∇L(w)‖²', remark: 'a square is never negative: the loss goes down' },
      { text: 'w  ←  w − η ∇L(w)', remark: 'the update rule: repeat until the slope is flat' },
    ],
  },
  byHand: {
    kind: 'table',
    theme: 'theory',
    title: 'Three steps by hand',
    columns: ['Step', 'Weight w', 'Slope 2(w − 3)', 'Loss (w − 3)²'],
    rows: [
      ['0', '0', '−6', '9'],
      ['1', '1.5', '−3', '2.25'],
      ['2', '2.25', '−1.5', '0.5625'],
      ['3', '2.625', '−0.75', '0.1406'],
    ],
    note: 'Learning rate η = 0.25: each step halves the distance to the minimum at w = 3',
  },
  rate: {
    kind: 'curves',
    theme: 'theory',
    title: 'Choosing the learning rate',
    axes: {
      x: { label: 'step', ticks: [0, 5, 10, 15, 20] },
      y: { label: 'loss', ticks: [0.001, 0.01, 0.1, 1, 10, 100, 1000], log: true },
    },
    curves: [
      { label: 'η = 0.02: crawls', points: steps(20, lossAfter(0.02)) },
      { label: 'η = 0.25: converges', points: steps(6, lossAfter(0.25)) },
      { label: 'η = 1.05: diverges', points: steps(20, lossAfter(1.05)) },
    ],
    markers: [],
  },
  code: {
    kind: 'code',
    theme: 'practice',
    title: 'The whole algorithm in Python',
    code: [
      'import numpy as np',
      '',
      'def train(X, y, eta=0.1, steps=500):',
      '    w = np.zeros(X.shape[1])',
      '    for step in range(steps):',
      '        error = X @ w - y',
      '        gradient = 2 * X.T @ error / len(y)',
      '        w = w - eta * gradient',
      '    return w',
    ],
    note: 'Linear regression: X holds one example per row, y the targets',
  },
  batches: {
    kind: 'bullets',
    theme: 'practice',
    title: 'Stochastic mini-batches',
    items: [
      { text: 'Full gradient', remark: 'reads every example for a single step' },
      { text: 'Mini-batch', remark: 'a random sample, such as 32 examples' },
      { text: 'Right on average', remark: 'noisy each time, but unbiased' },
      { text: 'Epoch', remark: 'one pass through the shuffled data' },
    ],
  },
  batchSize: {
    kind: 'table',
    theme: 'practice',
    title: 'What the batch size trades',
    columns: ['Batch size', 'Steps per epoch', 'Gradient noise'],
    rows: [
      ['1', '50,000', '100 %'],
      ['32', '1,563', '18 %'],
      ['256', '196', '6 %'],
      ['50,000', '1', 'none'],
    ],
    note: '50,000 examples; the noise shrinks with the square root of the batch size',
  },
  momentum: {
    kind: 'formulas',
    theme: 'practice',
    title: 'Momentum',
    items: [
      { text: 'v  ←  β v + ∇L(w)', remark: 'velocity: a fading sum of past gradients' },
      { text: 'w  ←  w − η v', remark: 'step along the velocity' },
      { text: 'β = 0.9  →  1 / (1 − β) = 10', remark: 'steady slopes: steps up to ten times as long' },
    ],
  },
  pitfalls: {
    kind: 'bullets',
    theme: 'practice',
    title: 'Four pitfalls',
    items: [
      { text: 'Features on different scales', remark: 'standardise the inputs' },
      { text: 'Plateaus and saddle points', remark: 'momentum, and some patience' },
      { text: 'Exploding gradients', remark: 'clip the norm of the gradient' },
      { text: 'A wrong gradient', remark: 'check it against finite differences' },
    ],
  },
  stopping: {
    kind: 'curves',
    theme: 'practice',
    title: 'When to stop',
    axes: {
      x: { label: 'epoch', ticks: [0, 5, 10, 15, 20, 25] },
      y: { label: 'loss', ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], log: false },
    },
    curves: [
      { label: 'training', points: steps(25, trainingLoss) },
      { label: 'validation', points: steps(25, validationLoss) },
    ],
    markers: [{ x: 11, y: validationLoss(11), label: 'stop here' }],
  },
  recap: {
    kind: 'bullets',
    theme: 'theory',
    title: 'Recap',
    items: [
      { text: 'The gradient points uphill', remark: 'so we step the other way' },
      { text: 'The learning rate sets the step', remark: 'too small crawls, too large diverges' },
      { text: 'Mini-batches make steps cheap', remark: 'noisy, but right on average' },
      { text: 'Momentum smooths the path', remark: 'and validation loss says when to stop' },
    ],
  },
};

export const scenes: readonly Scene[] = [
  {
    slide: 'cover',
    speaker: true,
    parts: [
      {
        shown: 1,
        say: [
          'Hello, and welcome.',
          'In this lecture we follow one idea, from its motivation to the pitfalls that you meet in practice: gradient descent.',
          'It is the method behind nearly every trained neural network, and it fits into one line of code.',
          'All you need to follow along is the idea of a slope.',
        ],
      },
    ],
  },
  {
    slide: 'learning',
    speaker: true,
    parts: [
      {
        shown: 1,
        say: [
          'Let us start with the motivation.',
          'A model is a function with adjustable numbers inside, which we call its parameters, or weights.',
        ],
      },
      {
        shown: 2,
        say: [
          'To know whether a setting of the weights is any good, we need a score.',
          "The loss function compares the model's predictions with the true answers, and returns a single number.",
          'It is large when the predictions are bad, and close to zero when they are good.',
        ],
      },
      {
        shown: 3,
        say: [
          'So learning becomes a search problem: find the weights that make the loss small.',
          'A modern network has billions of weights, so trying out all the combinations is hopeless.',
          'What we need is a direction to walk in.',
        ],
      },
    ],
  },
  {
    slide: 'derivative',
    speaker: true,
    parts: [
      {
        shown: 2,
        say: [
          'Imagine standing on a hillside in thick fog.',
          'You cannot see the valley, but you can feel the slope under your feet.',
          'The derivative is exactly that slope: it tells you how much the loss changes when you move one weight by a tiny amount.',
          'Where the derivative is negative, as in this picture, the loss falls to the right, so you should step to the right.',
          'Where it is positive, you should step to the left.',
          'With many weights there is one such slope for each of them, and the list of all these slopes is called the gradient.',
          'The gradient points in the direction of steepest ascent, so we walk the opposite way.',
        ],
      },
    ],
  },
  {
    slide: 'rule',
    speaker: true,
    parts: [
      {
        shown: 1,
        say: [
          'Now we derive the update rule.',
          'Close to the current point, any smooth loss looks almost like a plane.',
          'In symbols: the loss after a small step d is about the loss now, plus the gradient times the step.',
        ],
      },
      {
        shown: 2,
        say: [
          'Which step should we take?',
          'We choose d to be minus eta times the gradient, where eta is a small positive number.',
        ],
      },
      {
        shown: 3,
        say: [
          'Put that into the first line.',
          'The gradient times itself is its squared length, and a square is never negative.',
          'So the loss goes down, by about eta times the squared length of the gradient.',
        ],
      },
      {
        shown: 4,
        say: [
          'And that gives us the update rule.',
          'The new weights are the old weights, minus the learning rate eta times the gradient.',
          'We repeat it until the gradient is almost zero.',
        ],
      },
    ],
  },
  {
    slide: 'byHand',
    speaker: false,
    parts: [
      {
        shown: 1,
        say: [
          'Let us do three steps by hand.',
          'Our loss is the square of w minus three, so its minimum is at three.',
          'Its derivative is twice the difference between w and three.',
          'We start at zero, with a learning rate of one quarter.',
          'The slope there is minus six, so the first step takes us to one point five.',
          'Now the slope is minus three, and the second step takes us to two point two five.',
          'The third one takes us to two point six two five.',
          'Every step halves the distance to the minimum, so the loss falls to a quarter each time.',
          'Notice that the steps become shorter all by themselves, because the slope flattens as we come closer.',
        ],
      },
    ],
  },
  {
    slide: 'rate',
    speaker: false,
    parts: [
      {
        shown: 1,
        say: [
          'The learning rate is the most important number to choose.',
          'If it is too small, training works, but it crawls.',
          'With a rate of 0.02, the loss has only fallen from nine to about 1.8 after twenty steps.',
        ],
      },
      { shown: 2, say: ['With a rate of one quarter, the same loss is below one hundredth after only five steps.'] },
      {
        shown: 3,
        say: [
          'But if the rate is too large, each step jumps across the valley and lands higher up on the other side.',
          'With a rate of 1.05, the loss grows by twenty-one percent with every step, and training diverges.',
          'A good habit is to try rates that differ by a factor of three or ten, and to keep the largest one that is stable.',
        ],
      },
    ],
  },
  {
    slide: 'code',
    speaker: false,
    parts: [
      {
        shown: 1,
        say: [
          'Here is the whole algorithm in Python, for linear regression.',
          'The function receives a matrix of inputs and a vector of targets, and all the weights begin at zero.',
          'In every step we compute the error, which is the predictions minus the targets.',
          'The gradient of the mean squared error is two times the transposed inputs, times the error, divided by the number of examples.',
          'Then comes the update rule, exactly as we derived it.',
          'In a neural network only the gradient line changes: there, backpropagation computes it for us.',
        ],
      },
    ],
  },
  {
    slide: 'batches',
    speaker: true,
    parts: [
      {
        shown: 1,
        say: [
          'This works, but it does not scale yet.',
          'The full gradient reads every example in the data set, just to take a single step.',
        ],
      },
      {
        shown: 2,
        say: [
          'Stochastic gradient descent estimates the gradient from a small random sample instead, called a mini-batch.',
          'Thirty-two examples are a common choice.',
        ],
      },
      {
        shown: 3,
        say: [
          'Each estimate is noisy, but it is right on average, so many cheap steps beat one expensive step.',
          'The noise can even help, because it shakes the weights out of poor, narrow valleys.',
        ],
      },
      {
        shown: 4,
        say: ['One pass through the whole data set is called an epoch, and we shuffle the examples before each one.'],
      },
    ],
  },
  {
    slide: 'batchSize',
    speaker: false,
    parts: [
      {
        shown: 1,
        say: [
          'How large should a batch be?',
          'This table is for a data set of fifty thousand examples.',
          'A batch of thirty-two gives us one thousand five hundred and sixty-three updates per epoch.',
          'The noise of the gradient shrinks only with the square root of the batch size.',
          'So a batch that is eight times as large costs eight times the work, but it is not even three times as exact.',
          'In practice, take the batch size that keeps your hardware busy, and then tune the learning rate for it.',
        ],
      },
    ],
  },
  {
    slide: 'momentum',
    speaker: true,
    parts: [
      {
        shown: 1,
        say: [
          'In a long, narrow valley, plain gradient descent zigzags from wall to wall and makes little progress along the floor.',
          'Momentum is the cure.',
          'We keep a velocity: a fading sum of the past gradients, in which older ones count less and less.',
        ],
      },
      {
        shown: 2,
        say: [
          'Then we step along the velocity instead of the gradient.',
          'Across the valley, the slopes alternate in sign and cancel out.',
          'Along the valley, they agree and add up.',
        ],
      },
      {
        shown: 3,
        say: [
          'With beta at 0.9, the steps along a steady slope grow up to ten times as long, so choose a smaller learning rate.',
        ],
      },
    ],
  },
  {
    slide: 'rule',
    speaker: true,
    parts: [
      {
        shown: 4,
        say: [
          'Compare this with the update rule that we derived before.',
          'Only one thing has changed: the velocity has taken the place of the gradient.',
          'Methods such as Adam go one step further, and scale the step of each weight by the size of its recent gradients.',
        ],
      },
    ],
  },
  {
    slide: 'pitfalls',
    speaker: true,
    parts: [
      {
        shown: 1,
        say: [
          'Let me warn you of four pitfalls.',
          'First: features on different scales turn the loss into a narrow ravine, so standardise your inputs.',
        ],
      },
      {
        shown: 2,
        say: [
          'Second: on plateaus and at saddle points the gradient almost vanishes, although you are not at a minimum.',
        ],
      },
      {
        shown: 3,
        say: [
          'Third: in deep and recurrent networks, gradients can explode.',
          'Clip the norm of the gradient, so that one bad batch cannot ruin the weights.',
        ],
      },
      {
        shown: 4,
        say: [
          'And fourth: a bug in the gradient often still learns a little, and is easy to miss.',
          'Compare your gradient with finite differences on a few weights before you trust it.',
        ],
      },
    ],
  },
  {
    slide: 'stopping',
    speaker: false,
    parts: [
      {
        shown: 2,
        say: [
          'How do you know when to stop?',
          'The training loss keeps falling, but at some point the model begins to memorise its examples.',
          'So hold some data back, and watch the loss on this validation set.',
          'When it has not improved for several epochs, stop, and go back to the best weights.',
          'This is called early stopping, and it is the simplest protection against overfitting.',
        ],
      },
    ],
  },
  {
    slide: 'recap',
    speaker: true,
    parts: [
      { shown: 1, say: ['Let us recap.', 'The gradient points uphill, so we step the other way.'] },
      {
        shown: 2,
        say: ['The learning rate decides how far: too small, and training crawls; too large, and it diverges.'],
      },
      { shown: 3, say: ['Mini-batches make each step cheap, at the price of some noise.'] },
      {
        shown: 4,
        say: [
          'Momentum smooths the path, and the validation loss tells you when to stop.',
          'If you remember only one line, remember the update rule: the weights, minus the learning rate times the gradient.',
          'Thank you for watching.',
        ],
      },
    ],
  },
];
