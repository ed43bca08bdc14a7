// Questions about places drawn at random: pages of two manuals and minutes of recorded lectures that a seeded script picked, each
// asked as a reader of that page or a listener of that minute would, with all the places that answer it. Written before any answer
// was looked at, so that what is tuned on the other questions is checked here. Spans are seconds, pages are 1-based.
import type { DemoQuestion } from './demo-questions.ts';

export interface SampledQuestions {
  /** Below the given data's folder; `demo/` stands for the demo's own. */
  readonly file: string;
  readonly questions: readonly DemoQuestion[];
}

const lecture = (name: string) => `lectures_nyu_dl/transcripts/${name}.vtt`;

export const SAMPLED_QUESTIONS: readonly SampledQuestions[] = [
  {
    file: 'demo/manuals/gnuplot.pdf',
    questions: [
      {
        question: 'Where do I report a bug?',
        pages: [
          [23, 23],
          [303, 303],
        ],
      },
      { question: 'How can I use the output of a system command in a label?', pages: [[58, 58]] },
      {
        question: 'Which character separates several commands on one line?',
        pages: [
          [22, 22],
          [60, 60],
        ],
      },
      { question: 'What are dates and times converted to internally?', pages: [[61, 61]] },
      { question: 'How is the width of the boxes determined?', pages: [[63, 63]] },
      { question: 'How do I plot an ellipse at each data point?', pages: [[68, 68]] },
      {
        question: 'What is a spider plot?',
        pages: [
          [80, 80],
          [24, 24],
          [197, 197],
        ],
      },
      { question: 'How can I fit several data sets that share parameters?', pages: [[97, 98]] },
      { question: 'What does axes x1y2 mean?', pages: [[103, 103]] },
      { question: 'What is the default format of a binary file?', pages: [[105, 105]] },
      {
        question: 'Which lines of a data file are comments?',
        pages: [
          [108, 108],
          [144, 145],
        ],
      },
      { question: 'How do I plot only every second point of a file?', pages: [[109, 110]] },
      { question: 'What does smooth unique do?', pages: [[113, 113]] },
      {
        question: 'How do I make a grid from scattered 3D data?',
        pages: [
          [146, 147],
          [230, 231],
        ],
      },
      { question: 'How do I turn off the point next to a label?', pages: [[164, 164]] },
      { question: 'How can I use an image as the background of a plot?', pages: [[187, 188]] },
      {
        question: 'How do I make the points larger?',
        pages: [
          [193, 193],
          [79, 79],
          [125, 125],
        ],
      },
      {
        question: 'How do I change the default style of data plots?',
        pages: [
          [197, 197],
          [199, 200],
          [125, 125],
        ],
      },
      {
        question: 'How long are the whiskers of a boxplot?',
        pages: [
          [199, 199],
          [64, 65],
        ],
      },
      {
        question: 'How do I fill boxes with a pattern?',
        pages: [
          [200, 200],
          [63, 64],
        ],
      },
      { question: 'How do I write the plotted values to a CSV file?', pages: [[205, 206]] },
      { question: 'Can I change the font without setting the terminal again?', pages: [[207, 207]] },
      { question: 'How do I move the xy plane in a 3D plot?', pages: [[222, 222]] },
      {
        question: 'How must a data file for splot be laid out?',
        pages: [
          [227, 228],
          [230, 231],
        ],
      },
      { question: 'Which resolutions does hp500c support?', pages: [[261, 261]] },
      { question: 'How do I create a self-contained Tk script?', pages: [[288, 290]] },
    ],
  },
  {
    file: 'manual_smart_tv/smart_tv_manual.pdf',
    questions: [
      {
        question: 'How can I control a Blu-ray player with the remote of the TV?',
        pages: [
          [56, 57],
          [67, 67],
          [70, 70],
          [74, 77],
        ],
      },
      {
        question: 'What is Universal Guide?',
        pages: [
          [4, 4],
          [92, 92],
          [116, 116],
        ],
      },
      { question: 'How do I create a Samsung account?', pages: [[99, 100]] },
      { question: 'Which resolution is best for a computer?', pages: [[287, 287]] },
    ],
  },
  {
    file: lecture('lecture01'),
    questions: [
      { question: 'What do complex cells do?', spans: [[2991, 3042]] },
      { question: 'What should an ideal feature extractor do?', spans: [[5726, 5785]] },
    ],
  },
  {
    file: lecture('lecture02'),
    questions: [
      { question: 'How do you backpropagate through max?', spans: [[3717, 3925]] },
      { question: 'Who invented softmax?', spans: [[4108, 4136]] },
    ],
  },
  {
    file: lecture('lecture03'),
    questions: [
      { question: 'Why was the network with two neurons per layer hard to train?', spans: [[350, 412]] },
      { question: 'What is LP pooling?', spans: [[3746, 3790]] },
    ],
  },
  {
    file: lecture('lecture05'),
    questions: [
      { question: 'What does batch norm average over?', spans: [[4204, 4270]] },
      {
        question: 'Why does noise help stochastic gradient descent?',
        spans: [
          [1058, 1115],
          [4415, 4460],
        ],
      },
    ],
  },
  { file: lecture('practicum02'), questions: [{ question: 'What is a ReLU?', spans: [[1076, 1096]] }] },
  {
    file: lecture('practicum03'),
    questions: [
      {
        question: 'Which is better with the same number of parameters, a fully connected or a convolutional network?',
        spans: [[2625, 2720]],
      },
    ],
  },
  {
    file: lecture('practicum04'),
    questions: [
      {
        question: 'How can the notes be extracted from a piece of music?',
        spans: [
          [2180, 2260],
          [2345, 2460],
        ],
      },
    ],
  },
  {
    file: lecture('practicum05'),
    questions: [{ question: 'How large is the output of a convolution?', spans: [[1005, 1085]] }],
  },
];
