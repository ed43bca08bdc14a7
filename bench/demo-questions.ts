// Questions about the demo material in data/, as its user would ask them of both sources at once: written from the lecture's
// script and the manual's contents before any answer was looked at. Spans are seconds of the lecture, pages are 1-based.

export interface DemoQuestion {
  readonly question: string;
  /** Where the answer stands; none for a question that neither source answers. */
  readonly spans?: readonly (readonly [number, number])[];
  readonly pages?: readonly (readonly [number, number])[];
}

export const DEMO_QUESTIONS: readonly DemoQuestion[] = [
  {
    question: 'Why does momentum help?',
    spans: [
      [329, 387],
      [462, 467],
    ],
  },
  {
    question: 'What happens if the learning rate is too large?',
    spans: [
      [204, 225],
      [450, 457],
    ],
  },
  { question: 'What is an epoch?', spans: [[291, 298]] },
  {
    question: 'What is gradient descent?',
    spans: [
      [0, 20],
      [88, 96],
    ],
  },
  { question: 'What does the loss function do?', spans: [[27, 49]] },
  { question: 'What is the gradient?', spans: [[82, 96]] },
  { question: 'How is the gradient of the mean squared error computed?', spans: [[241, 250]] },
  { question: 'What is a mini-batch?', spans: [[269, 279]] },
  { question: 'Which batch size should I take?', spans: [[298, 329]] },
  { question: 'What is early stopping?', spans: [[420, 444]] },
  { question: 'How can exploding gradients be prevented?', spans: [[398, 409]] },
  {
    question: 'When should training stop?',
    spans: [
      [420, 444],
      [462, 467],
    ],
  },
  { question: 'Why should inputs be standardised?', spans: [[385, 392]] },
  {
    question: 'What is the update rule?',
    spans: [
      [129, 141],
      [466, 475],
    ],
  },
  { question: 'How do I check that my gradient is correct?', spans: [[409, 420]] },
  { question: 'Why can noise be useful in stochastic gradient descent?', spans: [[269, 291]] },
  { question: 'What does Adam do?', spans: [[374, 383]] },
  { question: 'What computes the gradient in a neural network?', spans: [[253, 261]] },
  { question: 'Which learning rates should I try?', spans: [[218, 226]] },
  { question: 'What happens at saddle points?', spans: [[392, 399]] },
  { question: 'How do I set a logarithmic scale on the y axis?', pages: [[167, 168]] },
  { question: 'How do I rotate x tic labels?', pages: [[218, 219]] },
  { question: 'How do I draw a grid?', pages: [[154, 155]] },
  {
    question: 'How do I save a plot as PNG?',
    pages: [
      [275, 277],
      [106, 106],
      [179, 179],
    ],
  },
  { question: 'How do I change the font of the title?', pages: [[210, 211]] },
  { question: 'How do I put the key outside the plot?', pages: [[158, 161]] },
  {
    question: 'How do I fit a function to data?',
    pages: [
      [91, 98],
      [148, 151],
    ],
  },
  {
    question: 'How do I plot a CSV file?',
    pages: [
      [109, 109],
      [144, 145],
    ],
  },
  { question: 'What does smooth do?', pages: [[112, 116]] },
  { question: 'How do I set the range of the x axis?', pages: [[216, 218]] },
  { question: 'How do I draw an arrow?', pages: [[131, 133]] },
  { question: 'How do I put several plots on one page?', pages: [[172, 174]] },
  { question: 'How do I draw a histogram?', pages: [[71, 75]] },
  { question: 'How do I choose the colour palette?', pages: [[181, 187]] },
  { question: 'How do I put a text label at a point?', pages: [[162, 164]] },
  { question: 'What is the capital of France?' },
  { question: 'How do I bake bread?' },
  { question: 'Who invented the transistor?' },
  { question: 'How do I reset the password of my TV?' },
  { question: 'What is photosynthesis?' },
  { question: 'When was the company founded?' },
];
